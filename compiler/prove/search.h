// The quick way to a request for which a goal holds: most guards are easily satisfied, so that no
// solver is needed.
#pragma once

#include "compiler/prove/worlds.h"

namespace aipol::prove {

class Search {
 public:
  Search(Shape& shape, Chooser& chooser, Worlds& worlds)
      : shape_(shape), chooser_(chooser), worlds_(worlds) {}

  // Nothing where none was found; there may be one all the same, unless it is impossible.
  std::optional<World> find(const Goal& goal);
  // Whether a look at the last goal showed that it can not be.
  bool impossible() const { return impossible_; }

 private:
  std::optional<World> expand(Goal pending, Goal leaves, size_t depth);
  std::optional<World> conclude(const Goal& leaves);
  bool contradicts(const Goal& leaves);

  Shape& shape_;
  Chooser& chooser_;
  Worlds& worlds_;
  const Goal* goal_ = nullptr;
  size_t left_ = 0, turns_ = 0;
  bool impossible_ = false;
};

}  // namespace aipol::prove
