// From values of some sources to a request for which a goal holds, as the interpreter says.
#pragma once

#include "compiler/prove/chooser.h"

namespace aipol::prove {

class Worlds {
 public:
  Worlds(Shape& shape, Evaluator& evaluator, Chooser& chooser)
      : shape_(shape), evaluator_(evaluator), chooser_(chooser) {}

  // The world, with what belongs to it filled in and changed where that helps; nothing where the
  // goal does not hold. If the leaves hold it holds.
  std::optional<World> settled(const Goal& goal, const Goal& leaves, World world);

 private:
  void complete(const Goal& goal, World& world);
  bool possible(const World& world) const;
  std::optional<World> repaired(const Goal& goal, const World& world);
  std::vector<plan::Constant> replacements(plan::SourceId source, const Goal& leaves,
                                           const World& world);

  Shape& shape_;
  Evaluator& evaluator_;
  Chooser& chooser_;
};

}  // namespace aipol::prove
