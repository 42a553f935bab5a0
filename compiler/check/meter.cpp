// Meters: their declarations, and what guards read of them.
#include "compiler/check/meter.h"
#include "base/civil.h"

#include <algorithm>

#include "compiler/check/clauses.h"
#include "compiler/check/statement.h"

namespace aipol::check {

using ir::ExpressionPtr;
using plan::Measure;
using plan::Window;

namespace {

constexpr std::string_view meter_syntax =
    "$measure per $window by $keys... [where $where] [zone $zone]";

std::vector<std::string> as_strings(auto begin, auto end) { return {begin, end}; }

std::optional<Measure> measure_named(std::string_view name) {
  auto found = std::ranges::find(plan::measure_names, name);
  if (found == std::end(plan::measure_names)) return std::nullopt;
  auto measure = static_cast<Measure>(found - std::begin(plan::measure_names));
  if (measure == Measure::sum || measure == Measure::concurrent) return std::nullopt;
  return measure;
}

// sum(EXPR): what it sums.
ast::ExpressionPtr summed(ast::ExpressionPtr measure) {
  const auto* call = std::get_if<ast::Call>(&measure->node);
  const auto* name = call == nullptr ? nullptr : std::get_if<ast::Name>(&call->callee->node);
  return name != nullptr && name->text == "sum" && call->arguments.size() == 1 ? call->arguments[0]
                                                                               : nullptr;
}

std::string_view name_in(ast::ExpressionPtr expression) {
  const auto* name = std::get_if<ast::Name>(&expression->node);
  return name == nullptr ? std::string_view() : name->text;
}

}  // namespace

bool MeterForm::measure(ast::ExpressionPtr given) {
  if (ast::ExpressionPtr of = summed(given)) {
    out.measure = Measure::sum;
    out.sum = expressions.plain(of);
    if (out.sum == nullptr) return false;
    out.amount = out.sum->type;
    constexpr Kind kinds[] = {Kind::integer, Kind::real, Kind::usd, Kind::duration};
    if (std::ranges::find(kinds, out.amount->kind) != std::end(kinds)) return true;
    checker.report(of->span, diagnostics::operand_type, "sum", out.amount->name);
    return false;
  }
  std::optional<Measure> found = measure_named(name_in(given));
  if (!found) {
    std::vector<std::string> known =
        as_strings(std::begin(plan::measure_names), std::end(plan::measure_names) - 2);
    checker.report(given->span, diagnostics::unknown_measure, checker.text(given->span))
        .help(
            "a meter counts requests, tokens, input_tokens, output_tokens, usd, denials, errors or "
            "sum(…)")
        .suggest(name_in(given), known);
    return false;
  }
  out.measure = *found;
  out.amount = checker.simple(*found == Measure::usd ? Kind::usd : Kind::integer);
  return true;
}

bool MeterForm::window(ast::ExpressionPtr given) {
  std::string_view name = name_in(given);
  auto found = std::ranges::find(plan::window_names, name);
  if (found != std::end(plan::window_names) && found != std::begin(plan::window_names)) {
    out.window = {static_cast<Window::Kind>(found - std::begin(plan::window_names)), 0};
    return true;
  }
  TypePtr duration = checker.simple(Kind::duration);
  if (const auto* literal = std::get_if<ast::DurationLiteral>(&given->node)) {
    out.window = {Window::Kind::sliding, literal->nanoseconds};
  } else if (!name.empty() && expressions.symbol(given) == nullptr) {
    checker.report(given->span, diagnostics::unknown_window, name)
        .help("a window is a duration, minute, hour, day, week, month, year or ever")
        .suggest(name,
                 as_strings(std::begin(plan::window_names) + 1, std::end(plan::window_names)));
    return false;
  } else {
    const plan::Constant* value = expressions.constant(given, duration, "the window");
    if (value == nullptr) return false;
    out.window = {Window::Kind::sliding, std::get<int64_t>(*value)};
  }
  constexpr int64_t shortest = 1'000'000;  // a millisecond
  if (out.window.nanoseconds >= shortest) return true;
  checker.report(given->span, diagnostics::bad_setting, checker.text(given->span),
                 "is too short for a window");
  return false;
}

bool MeterForm::keys(const std::vector<ast::ExpressionPtr>& given) {
  bool good = true;
  for (ast::ExpressionPtr key : given) {
    ExpressionPtr value = expressions.plain(key);
    if (value != nullptr && !can_be_key(value->type)) {
      checker.report(key->span, diagnostics::operand_type, "by", value->type->name);
      value = nullptr;
    }
    good = good && value != nullptr;
    if (value == nullptr) continue;
    out.keys.push_back(value);
    out.phase = std::max(out.phase, phase_of(checker.set, value));
  }
  for (ExpressionPtr key : out.keys) {
    if (phase_of(checker.set, key) <= plan::Phase::body) continue;
    ExpressionPtr late = latest_read(checker.set, key);
    checker.report(late->span, diagnostics::known_too_late, "by", checker.text(late->span))
        .help("a key is known before the request is forwarded");
    good = false;
  }
  return good;
}

namespace {

class MeterCheck {
 public:
  MeterCheck(Checker& checker, FileId file, const ast::MeterDeclaration& meter, ir::Meter& out)
      : checker_(checker),
        meter_(meter),
        scope_{file, nullptr, {}, false},
        expressions_(checker, scope_),
        form_{checker, expressions_, out} {}

  bool run() {
    std::optional<Slots> slots =
        match_clauses(checker_, "meter NAME =", meter_.name.span, meter_syntax, meter_.parts);
    if (!slots) return false;
    bool good = form_.measure(slots->value("measure"));
    good = form_.window(slots->value("window")) && good;
    if (ast::ExpressionPtr where = slots->value("where")) {
      form_.out.where = expressions_.condition(where);
      good = good && form_.out.where != nullptr;
      if (form_.out.where != nullptr) expressions_.assume(form_.out.where, true);
    }
    good = form_.keys(slots->values("keys")) && good;
    if (ast::ExpressionPtr zone = slots->value("zone")) good = this->zone(zone) && good;
    return good;
  }

 private:
  bool zone(ast::ExpressionPtr given) {
    const plan::Constant* value =
        expressions_.constant(given, checker_.simple(Kind::string), "a time zone");
    if (value == nullptr) return false;
    form_.out.zone = std::get<std::string>(*value);
    if (zone_exists(form_.out.zone)) return true;
    checker_.report(given->span, diagnostics::bad_text, form_.out.zone, "time zone")
        .help("use a name of the tz database, such as `Europe/Berlin`");
    return false;
  }

  Checker& checker_;
  const ast::MeterDeclaration& meter_;
  Scope scope_;
  Expressions expressions_;
  MeterForm form_;
};

// `limit NAME to …`: `.ratio` and `.remaining` are of the one limit that names the meter.
void count_limits(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    Scope scope{tree.file, nullptr, {}, false};
    Expressions expressions(checker, scope);
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* policy = std::get_if<ast::PolicyDeclaration>(&declaration.node);
      if (policy == nullptr) continue;
      for (const ast::Statement& statement : policy->statements) {
        auto disabled = std::ranges::find(
            policy->annotations, "disabled",
            [](const ast::Annotation& annotation) { return annotation.name.text; });
        if (disabled != policy->annotations.end()) break;
        bool named = statement.effect.text == "limit" && statement.parts.size() > 1 &&
                     statement.parts[1].word.text == "to" && statement.parts[0].values.size() == 1;
        const ast::Symbol* symbol =
            named ? expressions.symbol(statement.parts[0].values[0]) : nullptr;
        auto meter =
            symbol == nullptr ? checker.meters.end() : checker.meters.find(symbol->declaration);
        if (meter != checker.meters.end()) ++checker.limits_on[meter->second];
      }
    }
  }
}

}  // namespace

void check_meters(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* meter = std::get_if<ast::MeterDeclaration>(&declaration.node);
      if (meter == nullptr) continue;
      checker.meters[&declaration] = static_cast<uint32_t>(checker.set.meters.size());
      checker.meter_declarations.emplace_back(tree.file, &declaration);
      ir::Meter& out = checker.set.meters.emplace_back();
      out.name = meter->name.text;
      out.package = checker.symbols.files[tree.file].package;
      out.span = meter->name.span;
    }
  }
  count_limits(checker);
  for (uint32_t number = 0; number < checker.meter_declarations.size(); ++number)
    checker.meter(number);
}

void Checker::meter(uint32_t number) {
  if (set.meters[number].amount != nullptr) return;
  auto [file, declaration] = meter_declarations[number];
  if (!in_progress.insert(declaration).second) return;
  ir::Meter built = set.meters[number];
  if (!MeterCheck(*this, file, std::get<ast::MeterDeclaration>(declaration->node), built).run())
    built.amount = invalid();
  in_progress.erase(declaration);
  set.meters[number] = std::move(built);
}

Typed Expressions::meter_field(const Typed& meter, const ast::Identifier& name, Span span) {
  checker_.meter(meter.type->definition);
  const ir::Meter& declared = checker_.set.meters[meter.type->definition];
  TypePtr real = checker_.simple(Kind::real);
  TypePtr amount = declared.amount;
  if (amount == nullptr) {
    checker_.report(span, diagnostics::recursive_definition, declared.name);
    return poison();
  }
  if (amount->is(Kind::invalid)) return poison();
  TypePtr average = amount->is(Kind::integer) ? real : amount;
  const std::pair<std::string_view, TypePtr> fields[] = {{"used", amount},
                                                         {"average", average},
                                                         {"zscore", real},
                                                         {"remaining", amount},
                                                         {"ratio", real}};
  auto found = std::ranges::find(fields, name.text, [](const auto& field) { return field.first; });
  if (found == std::end(fields)) {
    std::vector<std::string> names;
    for (const auto& field : fields) names.emplace_back(field.first);
    checker_.report(name.span, diagnostics::unknown_field, name.text, "meter")
        .suggest(name.text, names);
    return poison();
  }
  bool of_limit = name.text == "remaining" || name.text == "ratio";
  uint32_t limits = checker_.limits_on[meter.type->definition];
  if (of_limit && limits != 1) {
    checker_.report(name.span, diagnostics::needs_one_limit, checker_.text(span), declared.name)
        .underline("there are {}", limits);
    return poison();
  }
  types::Field field;
  field.type = found->second;
  field.phase = declared.phase;
  return source("meter." + declared.package + "." + declared.name + "." + std::string(name.text),
                "", field, span);
}

}  // namespace aipol::check
