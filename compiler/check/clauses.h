// What stands behind the word of an effect, a meter or a grant, matched against its syntax
// (plan/effects.def says how a syntax is written).
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "compiler/check/checker.h"

namespace aipol::check {

// The values by slot; the words of the syntax that were chosen are keys without values.
class Slots {
 public:
  bool has(std::string_view name) const { return found_.contains(name); }
  // Null where the slot was not given; of a slot with several the first.
  ast::ExpressionPtr value(std::string_view name) const {
    auto slot = found_.find(name);
    return slot == found_.end() || slot->second.empty() ? nullptr : slot->second.front();
  }
  const std::vector<ast::ExpressionPtr>& values(std::string_view name) const {
    static const std::vector<ast::ExpressionPtr> none;
    auto slot = found_.find(name);
    return slot == found_.end() ? none : slot->second;
  }

 private:
  friend class ClauseMatch;
  std::map<std::string_view, std::vector<ast::ExpressionPtr>> found_;
};

// Reports where the parts do not fit: then nothing. `what` names the construct, `place` its word.
std::optional<Slots> match_clauses(Checker& checker, std::string_view what, Span place,
                                   std::string_view syntax, const std::vector<ast::Part>& parts);

}  // namespace aipol::check
