// The quick way to a request for which a goal holds: most guards are easily satisfied, so that no
// solver is needed.
#pragma once

#include "compiler/prove/worlds.h"

namespace aipol::prove {

class Search {
 public:
  Search(Shape& shape, Chooser& chooser, Worlds& worlds)
      : shape_(shape), chooser_(chooser), worlds_(worlds) {}

  // Nothing where none was found; there may be one all the same.
  std::optional<World> find(const Goal& goal);

 private:
  std::optional<World> expand(Goal pending, Goal leaves, size_t depth);
  std::optional<World> conclude(const Goal& leaves);
  bool never(const Goal& leaves);

  Shape& shape_;
  Chooser& chooser_;
  Worlds& worlds_;
  const Goal* goal_ = nullptr;
  size_t left_ = 0, turns_ = 0;
};

}  // namespace aipol::prove
