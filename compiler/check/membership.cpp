// `in` and `not in`: ranges, lists, sets, networks.
#include <algorithm>

#include "compiler/check/expressions.h"

namespace aipol::check {

using ir::ExpressionPtr;
using plan::Op;

Macro Expressions::literal_behind(ast::ExpressionPtr expression) const {
  constexpr int most_names = 64;  // a constant that means itself ends here
  Macro here{expression, &scope_};
  for (int i = 0; i < most_names; ++i) {
    Macro next = Expressions(checker_, *here.scope).named_literal(here.expression);
    if (next.expression == here.expression) break;
    if (here.type != nullptr) next.type = here.type;
    here = next;
  }
  return here;
}

// One name further, or the same expression.
Macro Expressions::named_literal(ast::ExpressionPtr expression) const {
  const std::vector<ast::Symbol>* found = nullptr;
  if (const auto* name = std::get_if<ast::Name>(&expression->node)) {
    if (const Local* local = scope_.find(name->text)) {
      const auto* macro = std::get_if<Macro>(&local->meaning);
      return macro == nullptr ? Macro{expression, &scope_} : *macro;
    }
    found = checker_.symbols.visible(scope_.file, name->text);
  } else if (const auto* field = std::get_if<ast::Field>(&expression->node)) {
    const std::string* package = qualifier(field->object);
    if (package == nullptr) return part_behind(expression, field->object, field->name.text);
    found = checker_.symbols.in_package(*package, field->name.text);
  } else if (const auto* index = std::get_if<ast::Index>(&expression->node)) {
    const auto* key = std::get_if<ast::StringLiteral>(&index->key->node);
    if (key != nullptr) return part_behind(expression, index->object, key->value);
  }
  const auto* constant =
      found == nullptr ? nullptr
                       : std::get_if<ast::ConstDeclaration>(&found->front().declaration->node);
  // One that is being looked at means itself; that is told where it is read.
  if (constant == nullptr || checker_.in_progress.contains(found->front().declaration))
    return {expression, &scope_};
  FileId file = found->front().file;
  return {constant->value,
          checker_.set.arena.make<Scope>(file, nullptr, std::vector<Local>{}, false),
          constant->type ? checker_.type(*constant->type, file) : nullptr};
}

// A part of a record or map that is written out; where there is none, the whole expression.
Macro Expressions::part_behind(ast::ExpressionPtr whole, ast::ExpressionPtr object,
                               std::string_view key) const {
  constexpr int deepest = 64;  // a constant that means a part of itself ends here
  if (checker_.following >= deepest) return {whole, &scope_};
  ++checker_.following;
  Macro behind = literal_behind(object);
  --checker_.following;
  const auto* record = std::get_if<ast::Record>(&behind.expression->node);
  if (record == nullptr) return {whole, &scope_};
  auto entry = std::ranges::find(record->entries, key, [](const auto& e) { return e.key.text; });
  if (entry == record->entries.end()) return {whole, &scope_};
  TypePtr type = nullptr;
  if (behind.type != nullptr && behind.type->is(Kind::map)) type = behind.type->element;
  if (behind.type != nullptr && behind.type->is(Kind::record)) {
    const types::Field* field =
        types::find(checker_.set.schema.records[behind.type->definition].fields, key);
    type = field == nullptr ? nullptr : field->type;
  }
  return {entry->value, behind.scope, type};
}

namespace {

// Whether a value of the type can be looked for in a constant of the other.
bool takes(TypePtr group, TypePtr value) {
  TypePtr element = group->collection() ? group->element : group;
  bool address = element->is(Kind::ip) || element->is(Kind::network);
  return address ? value->is(Kind::ip) : element == value || element->is(Kind::invalid);
}

}  // namespace

Typed Expressions::membership(const ast::Binary& binary, Span span) {
  Macro group = literal_behind(binary.right);
  ExpressionPtr whole = nullptr;
  if (const auto* range = std::get_if<ast::Range>(&group.expression->node)) {
    bool low_first =
        adapts(binary.left) && !std::holds_alternative<ast::IntLiteral>(binary.left->node);
    TypePtr expected = nullptr;
    if (low_first) {
      ExpressionPtr low = Expressions(checker_, *group.scope, present_).plain(range->low);
      expected = low == nullptr ? nullptr : low->type;
    }
    ExpressionPtr value = plain(binary.left, expected);
    if (value != nullptr) whole = in_range(value, *range, *group.scope, span);
  } else if (group.type != nullptr && group.type->collection() &&
             holds_constants(group.type->element)) {
    whole = in_collection(binary.left, binary.right, span);
  } else if (std::holds_alternative<ast::List>(group.expression->node) ||
             std::holds_alternative<ast::StringLiteral>(group.expression->node)) {
    ExpressionPtr value = plain(binary.left);
    if (value != nullptr && group.type != nullptr && !takes(group.type, value->type)) {
      checker_.report(binary.op_span, diagnostics::operator_types, ast::spelling(binary.op),
                      value->type->name, group.type->name);
    } else if (value != nullptr && value->type->is(Kind::ip)) {
      whole = in_networks(value, group, span);
    } else if (value != nullptr && std::holds_alternative<ast::List>(group.expression->node)) {
      whole = in_list(value, std::get<ast::List>(group.expression->node), *group.scope, span);
    } else if (value != nullptr) {
      checker_
          .report(binary.right->span, diagnostics::operator_types, "in", value->type->name,
                  "string")
          .help("to look for a part of a text, write `{}.contains({})`",
                checker_.text(binary.right->span), checker_.text(binary.left->span));
    }
  } else {
    whole = in_collection(binary.left, binary.right, span);
  }
  if (whole == nullptr) return poison();
  return of(binary.op == ast::BinaryOperator::in ? whole : checker_.build.negation(whole, span));
}

ExpressionPtr Expressions::in_collection(ast::ExpressionPtr value, ast::ExpressionPtr group,
                                         Span span) {
  Typed typed = check(group);
  if (typed.invalid()) return nullptr;
  if (!typed.type->collection() || typed.value == nullptr) {
    Diagnostic& report =
        checker_
            .report(group->span, diagnostics::type_mismatch, "set, list or range", typed.type->name)
            .underline("this is `{}`", typed.type->name);
    if (typed.type->is(Kind::string))
      report.help("to look for a part of a text, write `{}.contains({})`",
                  checker_.text(group->span), checker_.text(value->span));
    return nullptr;
  }
  ExpressionPtr set = require_present(typed, group->span);
  ExpressionPtr member = plain(value, typed.type->element);
  if (set == nullptr || member == nullptr) return nullptr;
  if (set->constant() != nullptr && !name_is_known(member, *set->constant(), group->span))
    return nullptr;
  return has_member(checker_, set, member, span);
}

ExpressionPtr has_member(Checker& checker, ExpressionPtr list, ExpressionPtr member, Span span) {
  TypePtr boolean = checker.simple(Kind::boolean);
  if (holds_constants(list->type->element)) {
    if (list->constant() != nullptr)
      return checker.build.make(Op::in_set, boolean, {member, list}, span);
    return checker.build.make(Op::has_member, boolean, {list, member}, span);
  }
  return any_item(checker, list, span, [&](ExpressionPtr item) {
    return checker.build.make(Op::equal, boolean, {item, member}, span);
  });
}

// A list written out. Constants become one set; the rest is compared one by one.
ExpressionPtr Expressions::in_list(ExpressionPtr value, const ast::List& list, const Scope& scope,
                                   Span span) {
  if (value->type->collection() || value->type->is(Kind::record)) {
    checker_.report(span, diagnostics::operator_types, "in", value->type->name, "list")
        .help("compare sets by `.contains_all(…)` or `.intersects(…)`");
    return nullptr;
  }
  TypePtr boolean = checker_.simple(Kind::boolean);
  std::vector<plan::Constant> constants;
  std::vector<ExpressionPtr> parts;
  bool failed = false;
  bool set_of_constants = holds_constants(value->type);
  Expressions inner(checker_, scope, present_);
  for (ast::ExpressionPtr item : list.items) {
    ExpressionPtr member = inner.plain(item, value->type);
    failed = failed || member == nullptr;
    if (member == nullptr) continue;
    if (member->constant() != nullptr)
      failed = !name_is_known(value, *member->constant(), item->span) || failed;
    if (set_of_constants && member->constant() != nullptr) {
      constants.push_back(*member->constant());
    } else {
      parts.push_back(checker_.build.make(Op::equal, boolean, {value, member}, span));
    }
  }
  if (failed) return nullptr;
  if (!constants.empty()) {
    ExpressionPtr members = checker_.build.constant(checker_.set.types.of(Kind::set, value->type),
                                                    sorted_list(std::move(constants)), span);
    parts.insert(parts.begin(), checker_.build.make(Op::in_set, boolean, {value, members}, span));
  }
  return checker_.build.disjunction(parts, span);
}

ExpressionPtr Expressions::in_networks(ExpressionPtr value, const Macro& group, Span span) {
  TypePtr boolean = checker_.simple(Kind::boolean);
  TypePtr network = checker_.simple(Kind::network);
  std::vector<ast::ExpressionPtr> items = {group.expression};
  if (const auto* list = std::get_if<ast::List>(&group.expression->node)) items = list->items;
  std::vector<ExpressionPtr> parts;
  for (ast::ExpressionPtr item : items) {
    ExpressionPtr member = Expressions(checker_, *group.scope, present_).plain(item, network);
    if (member == nullptr) continue;
    parts.push_back(checker_.build.make(Op::in_network, boolean, {value, member}, span));
  }
  return parts.size() < items.size() ? nullptr : checker_.build.disjunction(parts, span);
}

namespace {

// The closed range of two constants; nothing where it is empty. Clock ranges wrap instead, `24:00`
// included.
std::optional<plan::IntegerRange> closed_range(int64_t low, int64_t high, bool closed, bool wraps) {
  constexpr int64_t day = 24 * 60 * 60;
  if (wraps && !closed && high <= low)
    return plan::IntegerRange{low, high == 0 ? day - 1 : high - 1};
  if (wraps && closed && high < low) return plan::IntegerRange{low, high};
  if (!closed && high == INT64_MIN) return std::nullopt;
  int64_t last = closed ? high : high - 1;
  if (last < low) return std::nullopt;
  return plan::IntegerRange{low, last};
}

}  // namespace

bool Expressions::holds_something(const ast::Range& range) {
  ++checker_.silent;  // ends that take their type from what is looked for are looked at there
  ExpressionPtr low = plain(range.low);
  ExpressionPtr high = low == nullptr ? nullptr : plain(range.high, low->type);
  --checker_.silent;
  bool numbers = low != nullptr && high != nullptr && low->constant() != nullptr &&
                 high->constant() != nullptr &&
                 low->constant()->index() == high->constant()->index();
  if (!numbers) return true;
  bool empty = false;
  if (const auto* from = std::get_if<int64_t>(low->constant())) {
    bool wraps = low->type->is(Kind::clock);
    empty = !closed_range(*from, std::get<int64_t>(*high->constant()), range.closed, wraps);
  } else if (const auto* first = std::get_if<double>(low->constant())) {
    double last = std::get<double>(*high->constant());
    empty = range.closed ? last < *first : last <= *first;
  }
  if (empty) checker_.report(range.low->span.to(range.high->span), diagnostics::empty_range);
  return !empty;
}

ExpressionPtr Expressions::in_range(ExpressionPtr value, const ast::Range& range,
                                    const Scope& scope, Span span) {
  Expressions inner(checker_, scope, present_);
  ExpressionPtr low = inner.plain(range.low, value->type);
  ExpressionPtr high = inner.plain(range.high, value->type);
  if (low == nullptr || high == nullptr) return nullptr;
  constexpr Kind ordered[] = {Kind::integer, Kind::real, Kind::usd,   Kind::duration,
                              Kind::time,    Kind::date, Kind::clock, Kind::enumeration};
  if (std::ranges::find(ordered, value->type->kind) == std::end(ordered)) {
    checker_.report(span, diagnostics::operand_type, "..", value->type->name);
    return nullptr;
  }
  TypePtr boolean = checker_.simple(Kind::boolean);
  Span place = range.low->span.to(range.high->span);
  if (low->constant() != nullptr && high->constant() != nullptr && !value->type->is(Kind::real)) {
    bool wraps = value->type->is(Kind::clock);
    auto bounds = closed_range(std::get<int64_t>(*low->constant()),
                               std::get<int64_t>(*high->constant()), range.closed, wraps);
    if (!bounds) {
      checker_.report(place, diagnostics::empty_range);
      return nullptr;
    }
    ExpressionPtr constant = checker_.build.constant(value->type, *bounds, place);
    return checker_.build.make(Op::in_range, boolean, {value, constant}, span);
  }
  bool constants = low->constant() != nullptr && high->constant() != nullptr;
  if (constants) {
    double from = std::get<double>(*low->constant());
    double to = std::get<double>(*high->constant());
    if (range.closed ? to < from : to <= from) {
      checker_.report(place, diagnostics::empty_range);
      return nullptr;
    }
  }
  ExpressionPtr above = checker_.build.make(Op::less_equal, boolean, {low, value}, span);
  ExpressionPtr below =
      checker_.build.make(range.closed ? Op::less_equal : Op::less, boolean, {value, high}, span);
  if (!value->type->is(Kind::clock)) return checker_.build.conjunction(above, below, span);
  // A clock range whose ends are known only to the request wraps where its end is not after its
  // start.
  ExpressionPtr wraps =
      checker_.build.make(range.closed ? Op::less : Op::less_equal, boolean, {high, low}, span);
  return checker_.build.select(wraps, checker_.build.disjunction(above, below, span),
                               checker_.build.conjunction(above, below, span), span);
}

}  // namespace aipol::check
