#include "compiler/check/statement.h"

namespace aipol::check {

void check_validate(StatementCheck& check) {
  bool body = check.slots.has("body");
  if (body) check.must_be_in(plan::Phase::body, "the request has been forwarded");
  check.out.phase = body ? plan::Phase::body : plan::Phase::output;
  check.out.status = body ? 400 : 502;
  check.word(body ? "body" : "response");
  const plan::Constant* file =
      check.constant("schema", check.checker.simple(Kind::string), "the schema's file");
  if (file == nullptr || std::get<std::string>(*file).ends_with(".json")) return;
  check.checker.report(check.slots.value("schema")->span, diagnostics::bad_setting,
                       std::get<std::string>(*file),
                       "is not a JSON Schema: its name ends with `.json`");
  check.failed = true;
}

}  // namespace aipol::check
