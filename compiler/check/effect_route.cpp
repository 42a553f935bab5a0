#include <algorithm>

#include "compiler/check/statement.h"
#include "compiler/check/target.h"

namespace aipol::check {

namespace {

constexpr std::string_view strategies[] = {"order",      "weight",  "round_robin",
                                           "least_busy", "fastest", "cheapest"};

void text_argument(StatementCheck& check, std::string name, plan::Constant value, Span span) {
  bool list = std::holds_alternative<std::vector<std::string>>(value);
  TypePtr string = check.checker.simple(Kind::string);
  TypePtr type = list ? check.checker.set.types.of(Kind::list, string) : string;
  check.out.arguments.push_back(
      {std::move(name), {check.checker.build.constant(type, std::move(value), span)}});
}

void targets(StatementCheck& check) {
  if (check.slots.has("any")) return check.word("any");
  std::vector<Target> found;
  for (ast::ExpressionPtr given : check.slots.values("targets"))
    check.failed =
        !read_targets(check.checker, check.expressions.scope(), given, found) || check.failed;
  std::vector<int64_t> models, weights;
  bool weighted = false;
  for (const Target& target : found) {
    models.push_back(target.model);
    weights.push_back(target.weight.value_or(1));
    weighted = weighted || target.weight.has_value();
  }
  check.numbers("targets", models, check.out.span);
  if (weighted) check.numbers("weights", weights, check.out.span);
}

void strategy(StatementCheck& check) {
  ast::ExpressionPtr given = check.slots.value("strategy");
  if (given == nullptr) return;
  if (const auto* call = std::get_if<ast::Call>(&given->node)) {
    const auto* name = std::get_if<ast::Name>(&call->callee->node);
    if (name != nullptr && name->text == "sticky" && call->arguments.size() == 1) {
      ir::ExpressionPtr key = check.expressions.plain(call->arguments[0]);
      check.failed = check.failed || key == nullptr;
      if (key != nullptr && !can_be_key(key->type)) {
        check.checker.report(call->arguments[0]->span, diagnostics::operand_type, "sticky",
                             key->type->name);
        check.failed = true;
      }
      if (key != nullptr) check.out.arguments.push_back({"sticky", {key}});
      return;
    }
  }
  const auto* name = std::get_if<ast::Name>(&given->node);
  if (name != nullptr && std::ranges::find(strategies, name->text) != std::end(strategies))
    return text_argument(check, "strategy", std::string(name->text), given->span);
  Diagnostic& report = check.checker.report(given->span, diagnostics::unknown_strategy,
                                            check.checker.text(given->span));
  if (check.checker.text(given->span).starts_with("sticky")) {
    report.help("say by what: `sticky(principal.id)`");
  } else {
    report.suggest(check.checker.text(given->span), {std::begin(strategies), std::end(strategies)});
  }
  check.failed = true;
}

// 429, 5xx, timeout.
std::optional<std::string> failure_named(const ast::Expression& item) {
  if (const auto* status = std::get_if<ast::IntLiteral>(&item.node))
    if (status->value >= 400 && status->value <= 599) return std::to_string(status->value);
  if (const auto* group = std::get_if<ast::StatusClassLiteral>(&item.node))
    if (group->hundreds == 4 || group->hundreds == 5) return std::to_string(group->hundreds) + "xx";
  const auto* name = std::get_if<ast::Name>(&item.node);
  if (name != nullptr && name->text == "timeout") return "timeout";
  return std::nullopt;
}

void retries(StatementCheck& check) {
  check.bounded("retries", check.checker.simple(Kind::integer), "0 to 10 retries", 0, 10);
  ast::ExpressionPtr given = check.slots.value("retried");
  if (given == nullptr) return;
  const auto* list = std::get_if<ast::List>(&given->node);
  std::vector<std::string> failures;
  std::vector<ast::ExpressionPtr> items{given};
  if (list != nullptr) items = list->items;
  for (ast::ExpressionPtr item : items) {
    if (auto failure = failure_named(*item)) {
      failures.push_back(std::move(*failure));
    } else {
      check.checker.report(item->span, diagnostics::bad_setting, check.checker.text(item->span),
                           "is nothing to retry on: a status from 400, `4xx`, `5xx` or `timeout`");
      check.failed = true;
    }
  }
  text_argument(check, "retried", std::move(failures), given->span);
}

void mirror(StatementCheck& check) {
  ast::ExpressionPtr given = check.slots.value("mirror");
  if (given == nullptr) return;
  std::vector<Target> found;
  check.failed =
      !read_targets(check.checker, check.expressions.scope(), given, found) || check.failed;
  if (!found.empty()) check.numbers("mirror", {found[0].model}, given->span);
  check.fraction("mirrored", "the share that is mirrored");
}

}  // namespace

void check_route(StatementCheck& check) {
  TypePtr duration = check.checker.simple(Kind::duration);
  targets(check);
  strategy(check);
  if (ast::ExpressionPtr where = check.slots.value("where")) {
    ir::ExpressionPtr condition = check.expressions.condition(where);
    check.failed = check.failed || condition == nullptr;
    if (condition != nullptr) check.out.arguments.push_back({"where", {condition}});
  }
  retries(check);
  check.bounded("timeout", duration, "more than nothing", 1, INT64_MAX);
  check.bounded("failures", check.checker.simple(Kind::integer), "at least one", 1, 1'000'000);
  check.bounded("pause", duration, "more than nothing", 1, INT64_MAX);
  mirror(check);
}

}  // namespace aipol::check
