#include "compiler/check/rewrite.h"

namespace aipol::check {

void check_clamp(StatementCheck& check) {
  std::optional<Place> place = check_place(check);
  if (!place) return;
  ast::ExpressionPtr given = check.slots.value("range");
  const auto* range = std::get_if<ast::Range>(&given->node);
  if (range == nullptr || !range->closed) {
    check.checker
        .report(given->span, diagnostics::syntax_error, "a range `A..=B`",
                "`" + std::string(check.checker.text(given->span)) + "`")
        .help("`clamp` includes both ends: write `..=`");
    check.failed = true;
    return;
  }
  ir::ExpressionPtr low = check.expressions.plain(range->low, place->type);
  ir::ExpressionPtr high =
      low == nullptr ? nullptr : check.expressions.plain(range->high, low->type);
  if (low == nullptr || high == nullptr) {
    check.failed = true;
    return;
  }
  if (!low->type->numeric()) {
    check.checker.report(given->span, diagnostics::operand_type, "clamp", low->type->name);
    check.failed = true;
  } else if (low->constant() != nullptr && high->constant() != nullptr &&
             *high->constant() < *low->constant()) {
    check.checker.report(given->span, diagnostics::empty_range);
    check.failed = true;
  }
  check.out.arguments.push_back({"low", {low}});
  check.out.arguments.push_back({"high", {high}});
}

}  // namespace aipol::check
