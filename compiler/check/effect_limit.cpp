#include "compiler/check/meter.h"
#include "compiler/check/statement.h"

namespace aipol::check {

namespace {

// `limit METER to …`: the meter's number.
std::optional<uint32_t> named_meter(StatementCheck& check) {
  ast::ExpressionPtr given = check.slots.value("meter");
  const ast::Symbol* symbol = check.expressions.symbol(given);
  if (symbol != nullptr) {
    auto found = check.checker.meters.find(symbol->declaration);
    if (found != check.checker.meters.end()) {
      const ir::Meter& meter = check.checker.set.meters[found->second];
      if (meter.amount->is(Kind::invalid)) return std::nullopt;  // reported at its declaration
      check.out.phase = std::max(check.out.phase, meter.phase);
      return found->second;
    }
  }
  std::vector<std::string> known;
  for (const ir::Meter& meter : check.checker.set.meters) {
    if (!meter.of_statement) known.push_back(meter.name);
  }
  check.checker.report(given->span, diagnostics::not_a_meter, check.checker.text(given->span))
      .suggest(check.checker.text(given->span), known);
  return std::nullopt;
}

// The meter that an inline limit declares for itself.
std::optional<uint32_t> own_meter(StatementCheck& check) {
  ir::Meter meter;
  meter.span = check.out.span;
  meter.of_statement = true;
  MeterForm form{check.checker, check.expressions, meter};
  if (check.slots.has("concurrent")) {
    meter.measure = plan::Measure::concurrent;
    meter.window = {plan::Window::Kind::ever, 0};
    meter.amount = check.checker.simple(Kind::integer);
  } else if (bool measure = form.measure(check.slots.value("measure"));
             !form.window(check.slots.value("window")) || !measure) {
    return std::nullopt;
  }
  if (!form.keys(check.slots.values("keys"))) return std::nullopt;
  check.out.phase = std::max(check.out.phase, meter.phase);
  check.checker.set.meters.push_back(std::move(meter));
  return static_cast<uint32_t>(check.checker.set.meters.size() - 1);
}

void positive(StatementCheck& check, std::string_view slot, ir::ExpressionPtr value) {
  if (value == nullptr || value->constant() == nullptr) return;
  const plan::Constant& number = *value->constant();
  bool good = std::holds_alternative<double>(number) ? std::get<double>(number) >= 0
                                                     : std::get<int64_t>(number) >= 0;
  if (good) return;
  check.checker.report(check.slots.value(slot)->span, diagnostics::bad_setting,
                       check.checker.text(check.slots.value(slot)->span), "is less than nothing");
  check.failed = true;
}

}  // namespace

void check_limit(StatementCheck& check) {
  bool named = check.slots.value("meter") != nullptr;
  std::optional<uint32_t> meter = named ? named_meter(check) : own_meter(check);
  if (!meter) {
    check.failed = true;
    return;
  }
  check.numbers("meter", {*meter}, check.out.span);
  TypePtr unit = check.checker.set.meters[*meter].amount;
  positive(check, "amount", check.argument("amount", unit));
  positive(check, "burst", check.argument("burst", unit));
  check.word("strict");
  check.word("cut");
}

}  // namespace aipol::check
