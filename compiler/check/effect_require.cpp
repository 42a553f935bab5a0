#include "compiler/check/statement.h"

namespace aipol::check {

// It fires where its condition does not hold; the message is for those requests.
void check_require(StatementCheck& check) {
  ir::ExpressionPtr condition = check.expressions.condition(check.slots.value("condition"));
  if (condition == nullptr) {
    check.failed = true;
    return;
  }
  check.expressions.assume(condition, false);
  check.refusal(check.slots.value("message"));
  check.condition(condition, false);
}

}  // namespace aipol::check
