#include "mutation/written.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"

namespace aipol::mutation {

std::string quoted(std::string_view text) {
  constexpr size_t longest = 60;
  std::string line = on_one_line(text);
  if (line.size() > longest) line = line.substr(0, character_before(line, longest)) + "…";
  return fmt::format("`{}`", line);
}

source::Span when_clause(const Subject& subject, const ast::Statement& statement) {
  source::Span condition = statement.condition->span;
  std::string_view before = subject.files[condition.file].text().substr(0, condition.begin);
  return {condition.file, static_cast<uint32_t>(before.rfind("when")), condition.end};
}

std::string negated(const Subject& subject, const ast::Expression& expression) {
  return fmt::format("not ({})", subject.text(expression.span));
}

}  // namespace aipol::mutation
