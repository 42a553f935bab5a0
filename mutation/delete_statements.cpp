#include <fmt/format.h>

#include "mutation/written.h"

namespace aipol::mutation {

void delete_statements(const Subject& subject, Mutants& out) {
  for (const ast::PolicyDeclaration* policy : subject.policies) {
    for (const ast::Statement& statement : policy->statements) {
      out.push_back({statement.span,
                     "",
                     {},
                     fmt::format("{} was deleted", quoted(subject.text(statement.span)))});
    }
  }
}

}  // namespace aipol::mutation
