// Values for the sources of one group, so that some leaves are true and others false.
#pragma once

#include "compiler/prove/shape.h"

namespace aipol::prove {

struct Choice {
  // `none`: there are certainly no such values; `unknown`: none was found.
  enum class Kind : uint8_t { found, none, unknown } kind = Kind::unknown;
  World world;
};

class Chooser {
 public:
  Chooser(Shape& shape, Evaluator& evaluator) : shape_(shape), evaluator_(evaluator) {}

  // Literals are leaves of that group. Of the hint, the group's values are tried first.
  Choice choose(GroupId group, Goal literals, const World& hint = {});

  // From here on a target is one of these models; none given: any of the set.
  void restrict_targets(std::vector<size_t> models);

  // Whether some endpoint takes the path.
  bool served(const std::string& path);
  bool is_path(plan::SourceId source) const {
    return shape_.plan().sources[source].path == "request.path";
  }

 private:
  Choice choose_fresh(GroupId group, const Goal& literals);
  Choice of_source(plan::SourceId source, const Goal& literals);
  Choice of_text(plan::SourceId source, const Goal& literals);
  Choice of_address(plan::SourceId source, const Goal& literals);
  Choice of_declared(GroupId group, const Goal& literals);
  Choice of_unknown_model(const Goal& literals);
  bool suits(plan::SourceId source, const std::optional<plan::Constant>& value,
             const Goal& literals);

  Shape& shape_;
  Evaluator& evaluator_;
  std::map<std::pair<GroupId, Goal>, Choice> known_;
  std::map<std::string, bool> served_;
  std::vector<size_t> targets_;
};

}  // namespace aipol::prove
