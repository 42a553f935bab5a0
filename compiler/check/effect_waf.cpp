#include "compiler/check/statement.h"

namespace aipol::check {

void check_waf(StatementCheck& check) {
  TypePtr integer = check.checker.simple(Kind::integer);
  check.out.phase = plan::Phase::body;
  check.bounded("paranoia", integer, "a level from 1 to 4", 1, 4);
  check.bounded("threshold", integer, "a score from 1 on", 1, 1'000'000);
}

}  // namespace aipol::check
