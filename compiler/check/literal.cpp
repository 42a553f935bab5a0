// Literals, and texts read as what is expected of them.
#include <algorithm>
#include <set>

#include "base/civil.h"
#include "compiler/check/expressions.h"
#include "plan/ip.h"

namespace aipol::check {

Typed Expressions::literal(Kind kind, plan::Constant value, Span span) {
  return of(checker_.build.constant(checker_.simple(kind), std::move(value), span));
}

Typed Expressions::node(const ast::BoolLiteral& l, Span span, TypePtr) {
  return literal(Kind::boolean, l.value, span);
}

Typed Expressions::node(const ast::IntLiteral& l, Span span, TypePtr expected) {
  if (expected != nullptr && expected->is(Kind::real)) {
    return literal(Kind::real, static_cast<double>(l.value), span);
  }
  return literal(Kind::integer, l.value, span);
}

Typed Expressions::node(const ast::FloatLiteral& l, Span span, TypePtr) {
  return literal(Kind::real, l.value, span);
}
Typed Expressions::node(const ast::UsdLiteral& l, Span span, TypePtr) {
  return literal(Kind::usd, l.nano_dollars, span);
}
Typed Expressions::node(const ast::DurationLiteral& l, Span span, TypePtr) {
  return literal(Kind::duration, l.nanoseconds, span);
}
Typed Expressions::node(const ast::ClockLiteral& l, Span span, TypePtr) {
  return literal(Kind::clock, l.seconds, span);
}

Typed Expressions::node(const ast::StatusClassLiteral&, Span span, TypePtr) {
  checker_.report(span, diagnostics::not_a_value, checker_.text(span), "a class of statuses");
  return poison();
}

Typed Expressions::node(const ast::StringLiteral& l, Span span, TypePtr expected) {
  return text_as(l.value, expected, span);
}

namespace {

// How a text is read as another type: nothing where it is not one.
struct Reading {
  Kind kind;
  std::string_view what;
  std::optional<plan::Constant> (*read)(const std::string& text);
};

template <class T>
std::optional<plan::Constant> widened(std::optional<T> value) {
  return value ? std::optional<plan::Constant>(*value) : std::nullopt;
}

constexpr Reading readings[] = {
    {Kind::ip, "IP address", [](const std::string& t) { return widened(plan::parse_ip(t)); }},
    {Kind::network, "network",
     [](const std::string& t) { return widened(plan::parse_network(t)); }},
    {Kind::time, "time", [](const std::string& t) { return widened(parse_time(t)); }},
    {Kind::date, "date", [](const std::string& t) { return widened(parse_date(t)); }},
};

}  // namespace

Typed Expressions::text_as(const std::string& text, TypePtr expected, Span span) {
  if (expected == nullptr) return literal(Kind::string, text, span);
  if (expected->is(Kind::enumeration)) return member(text, expected, span);
  const Reading* reading = std::ranges::find(readings, expected->kind, &Reading::kind);
  if (reading == std::end(readings)) return literal(Kind::string, text, span);
  if (auto value = reading->read(text)) return literal(expected->kind, std::move(*value), span);
  checker_.report(span, diagnostics::bad_text, text, reading->what);
  return poison();
}

bool holds_constants(TypePtr element) {
  return !(element->is(Kind::real) || element->is(Kind::boolean) || element->is(Kind::ip) ||
           element->is(Kind::network));
}

plan::Constant sorted_list(std::vector<plan::Constant> items) {
  auto sorted = []<class T>(std::vector<T> list) {
    std::ranges::sort(list);
    auto [from, to] = std::ranges::unique(list);
    list.erase(from, to);
    return list;
  };
  if (!items.empty() && std::holds_alternative<int64_t>(items[0])) {
    std::vector<int64_t> list;
    for (plan::Constant& item : items) list.push_back(std::get<int64_t>(item));
    return sorted(std::move(list));
  }
  std::vector<std::string> list;
  for (plan::Constant& item : items) list.push_back(std::move(std::get<std::string>(item)));
  return sorted(std::move(list));
}

// A list or set of constants.
Typed Expressions::node(const ast::List& list, Span span, TypePtr expected) {
  TypePtr element = expected != nullptr && expected->collection() ? expected->element : nullptr;
  std::vector<plan::Constant> items;
  std::vector<ir::ExpressionPtr> values;
  std::set<plan::Constant> seen;
  for (ast::ExpressionPtr item : list.items) {
    ir::ExpressionPtr value = plain(item, element);
    if (value == nullptr) return poison();
    if (element == nullptr) element = value->type;
    value = convert(value, element, item->span);
    if (value == nullptr) return poison();
    if (value->constant() == nullptr) {
      checker_.report(item->span, diagnostics::not_constant, "a member of a list");
      return poison();
    }
    bool again = !holds_constants(element) && !seen.insert(*value->constant()).second;
    if (again) continue;
    items.push_back(*value->constant());
    values.push_back(value);
  }
  if (element == nullptr) {
    checker_.report(span, diagnostics::type_unknown_here, "an empty list");
    return poison();
  }
  TypePtr type = expected != nullptr && expected->collection()
                     ? expected
                     : checker_.set.types.of(Kind::list, element);
  if (!holds_constants(element) && !items.empty())
    return of(checker_.build.make(plan::Op::list, type, std::move(values), span));
  bool integers = !element->is(Kind::string);
  plan::Constant value = items.empty() && integers ? plan::Constant(std::vector<int64_t>{})
                                                   : sorted_list(std::move(items));
  return of(checker_.build.constant(type, std::move(value), span));
}

Typed Expressions::node(const ast::Tuple&, Span span, TypePtr) {
  checker_.report(span, diagnostics::not_a_value, checker_.text(span), "a row of a test's table");
  return poison();
}

Typed Expressions::node(const ast::Record&, Span span, TypePtr) {
  checker_.report(span, diagnostics::not_a_value, checker_.text(span), "a record");
  return poison();
}

Typed Expressions::node(const ast::Range&, Span span, TypePtr) {
  checker_.report(span, diagnostics::not_a_value, checker_.text(span), "a range");
  return poison();
}

}  // namespace aipol::check
