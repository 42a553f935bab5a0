#include "compiler/check/rewrite.h"

namespace aipol::check {

void check_set(StatementCheck& check) {
  std::optional<Place> place = check_place(check);
  if (!place) return;
  ir::ExpressionPtr value = check.argument("value", place->type);
  if (value == nullptr || can_be_key(value->type) || value->type->collection()) return;
  check.checker.report(check.slots.value("value")->span, diagnostics::operand_type, "set",
                       value->type->name);
  check.failed = true;
}

}  // namespace aipol::check
