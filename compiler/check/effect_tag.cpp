#include "compiler/check/statement.h"

namespace aipol::check {

void check_tag(StatementCheck& check) {
  check.word("session");
  if (!check.slots.has("session"))
    check.must_be_in(plan::Phase::body, "guards that read `ai.tags` have been decided");
  const plan::Constant* label =
      check.constant("label", check.checker.simple(Kind::string), "a tag");
  if (label == nullptr || !std::get<std::string>(*label).empty()) return;
  check.checker.report(check.slots.value("label")->span, diagnostics::bad_text, "", "tag");
  check.failed = true;
}

}  // namespace aipol::check
