#include <fmt/format.h>

#include "mutation/written.h"

namespace aipol::mutation {

void negate_guards(const Subject& subject, Mutants& out) {
  for (ast::ExpressionPtr guard : subject.guards) {
    out.push_back({guard->span,
                   negated(subject, *guard),
                   {},
                   fmt::format("{} was negated", quoted(subject.text(guard->span)))});
  }
}

}  // namespace aipol::mutation
