#include "compiler/check/statement.h"

namespace aipol::check {

void check_log(StatementCheck& check) {
  TypePtr level = check.checker.set.schema.enumeration("LogLevel");
  check.constant("level", level, "the level");
  check_detectors_of(check, "detectors", true);
  check_sinks(check);
  check.fraction("sample", "the share that is kept");
  check.bounded("retain", check.checker.simple(Kind::duration), "more than nothing", 1, INT64_MAX);
}

}  // namespace aipol::check
