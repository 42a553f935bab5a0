// A limit of a day or longer of whose near end nobody hears.
#include <map>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

bool is_long(const std::vector<ast::Part>& parts) {
  constexpr std::string_view windows[] = {"day", "week", "month", "year", "ever"};
  for (std::string_view window : windows) {
    if (has_word(parts, window)) return true;
  }
  return false;
}

}  // namespace

void quota_without_alert(Context& context) {
  std::map<std::string_view, bool> alerted;  // meters of long windows
  each_declared<ast::MeterDeclaration>(context, [&](const auto&, const auto& meter) {
    if (is_long(meter.parts)) alerted[meter.name.text] = false;
  });
  each_statement(context, "alert", [&](const auto& policy, const ast::Statement& statement) {
    for (auto& [name, heard] : alerted) {
      for (ExpressionPtr condition : conditions_of(policy, statement))
        heard = heard || reads(context, condition, name);
    }
  });
  each_statement(context, "limit", [&](const auto&, const ast::Statement& statement) {
    std::vector<ExpressionPtr> named = values_after(statement.parts, "");
    if (named.empty()) return;
    auto meter = alerted.find(dotted(*named[0]));
    if (meter == alerted.end() || meter->second) return;
    context.report(statement.effect.span, "nobody hears when `{}` comes near its end", meter->first)
        .help("add `alert \"…\" to SINK when {}.ratio >= 80%`", meter->first);
    meter->second = true;
  });
}

}  // namespace aipol::lint
