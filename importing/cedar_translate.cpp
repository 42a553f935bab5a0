#include "importing/cedar_translate.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/civil.h"
#include "importing/words.h"
#include "plan/ip.h"

namespace aipol::importing::cedar {

namespace {

using Kind = Expr::Kind;

bool is_variable(const Expr& expr, std::string_view name) {
  return expr.kind == Kind::variable && expr.text == name;
}

std::string list_of_words(const std::set<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

// Of sets of names: `"a" in xs`, `xs.intersects(["a", "b"])`.
Guard any_in(const std::set<std::string>& names, std::string_view set) {
  if (names.empty()) return Guard::never();
  if (names.size() == 1) return Guard::of(fmt::format("{} in {}", literal(*names.begin()), set));
  return Guard::of(
      fmt::format("{}.intersects({})", set, literal_list({names.begin(), names.end()})));
}

// Of one name: `x == "a"`, `x in ["a", "b"]`.
Guard one_of(std::string_view field, const std::set<std::string>& names) {
  if (names.empty()) return Guard::never();
  if (names.size() == 1) return Guard::of(fmt::format("{} == {}", field, literal(*names.begin())));
  return Guard::of(fmt::format("{} in {}", field, literal_list({names.begin(), names.end()})));
}

Guard kind_is(std::string_view kind) {
  return Guard::of(fmt::format("principal.kind == {}", kind));
}

// What Cedar's pattern means: a pattern of RE2, anchored.
std::string regex_of(const Expr& expr) {
  std::string out = "^";
  for (size_t i = 0; i < expr.text.size(); ++i) {
    char c = expr.text[i];
    if (expr.pattern_stars[i] == '*')
      out += "(?s:.*)";
    else if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos)
      out.append(1, '\\').append(1, c);
    else
      out += c;
  }
  return out + "$";
}

}  // namespace

Translator::Sides Translator::not_understood(Place place, std::string why) {
  std::string reason = fmt::format("line {}: {}", place.line, why);
  if (std::ranges::find(reasons_, reason) == reasons_.end()) reasons_.push_back(std::move(reason));
  Guard bound = permits_ ? Guard::never() : Guard::always();
  return {bound, bound};
}

Translator::Sides Translator::of(Guard present, Guard yes) {
  bool is_total = present.is_always();
  return {both(present, yes), both(present, negated(yes)), is_total};
}

Translator::Sides Translator::of(const Guard& present, std::string yes, std::string no) {
  return {both(present, Guard::of(std::move(yes))), both(present, Guard::of(std::move(no))),
          present.is_always()};
}

Translated Translator::translate(const Policy& policy) {
  permits_ = policy.permits;
  reasons_.clear();
  Guard guard = head(policy);
  for (const Condition& condition : policy.conditions) {
    Sides found = sides(condition.expr);
    guard = both(guard, condition.is_unless ? found.no : found.yes);
  }
  constexpr size_t longest = 20'000;
  if (guard.text().size() > longest) {
    Sides bound = not_understood(policy.place, "its condition becomes too long");
    guard = bound.yes;
  }
  return {guard, reasons_};
}

// --- heads

Guard Translator::head(const Policy& policy) {
  no_tools_ = false;
  Guard guard = scope(policy.principal, "principal", policy.place);
  Guard action = scope(policy.action, "action", policy.place);
  no_tools_ =
      !action.is_always() && !action.is_never() && action.text().find("tool") == std::string::npos;
  guard = both(guard, action);
  return both(guard, scope(policy.resource, "resource", policy.place));
}

Guard Translator::scope(const Scope& scope, std::string_view variable, Place place) {
  Guard guard = Guard::always();
  if (scope.kind == Scope::Kind::is || scope.kind == Scope::Kind::is_in)
    guard = type_is(variable, scope.type, place).yes;
  if (scope.kind == Scope::Kind::any || scope.kind == Scope::Kind::is) return guard;
  return both(guard,
              is_within(variable, scope.entities, scope.kind == Scope::Kind::equal, place).yes);
}

// Whether the variable is one of the entities, or in one of them.
Translator::Sides Translator::is_within(std::string_view variable,
                                        const std::vector<Entity>& entities, bool itself,
                                        Place place) {
  Guard any = Guard::never();
  std::set<std::string> operations;
  Guard bound = permits_ ? Guard::never() : Guard::always();
  bool all_understood = true;
  for (const Entity& entity : entities) {
    bool understood = true;
    Guard one = Guard::never();
    if (variable == "principal") one = principal_is(entity, itself);
    if (variable == "resource") one = resource_is(entity, itself, understood);
    Role role = meanings_.of_type(entity.type);
    bool is_action = role == Role::action;
    if (role == Role::unknown || is_action != (variable == "action")) understood = false;
    if (is_action && understood) add_operations(entity, itself, operations, understood);
    if (!understood) {
      strange_.insert(entity);
      (void)not_understood(place,
                           fmt::format("{}::{} means nothing here; say with --map what it is",
                                       commented(entity.type), literal(entity.id)));
      one = either(one, bound);
      all_understood = false;
    }
    any = either(any, one);
  }
  if (operations.size() == 1)
    any = either(any, Guard::of("ai.operation == " + *operations.begin()));
  if (operations.size() > 1)
    any = either(any, Guard::of(fmt::format("ai.operation in [{}]", list_of_words(operations))));
  // What is not understood stays a bound on the other side, too.
  return {any, all_understood ? negated(any) : bound, all_understood};
}

Guard Translator::principal_is(const Entity& entity, bool itself) {
  std::set<Entity> all = itself ? std::set<Entity>{entity} : store_.within(entity);
  std::set<std::string> users, apps, groups, roles, tenants;
  for (const Entity& one : all) {
    Role role = meanings_.of_type(one.type);
    if (role == Role::user) users.insert(one.id);
    if (role == Role::app) apps.insert(one.id);
    // A group is never a caller itself.
    if (role == Role::group && !itself) groups.insert(one.id);
    if (role == Role::role && !itself) roles.insert(one.id);
    if (role == Role::tenant && !itself) tenants.insert(one.id);
  }
  Guard any = any_in(groups, "principal.groups");
  any = either(any, any_in(roles, "principal.roles"));
  any = either(any, one_of("principal.tenant", tenants));
  any = either(
      any, both(users.empty() ? Guard::never() : kind_is("user"), one_of("principal.id", users)));
  return either(any,
                both(apps.empty() ? Guard::never() : kind_is("app"), one_of("principal.id", apps)));
}

Guard Translator::resource_is(const Entity& entity, bool itself, bool& understood) {
  std::set<Entity> all = itself ? std::set<Entity>{entity} : store_.within(entity);
  std::set<std::string> models, tools, servers, paths;
  for (const Entity& one : all) {
    Role role = meanings_.of_type(one.type);
    if (role == Role::model) models.insert(one.id);
    if (role == Role::tool) tools.insert(one.id);
    if (role == Role::server) servers.insert(one.id);
    if (role == Role::endpoint) paths.insert(one.id);
  }
  models_.insert(models.begin(), models.end());
  // A group of models of which nothing is said has members that are not known.
  if (meanings_.of_type(entity.type) == Role::models && (itself || models.empty()))
    understood = false;
  Guard tool = Guard::of("ai.operation == tool");
  Guard any = both(models.empty() ? Guard::never() : no_tool(), one_of("model.name", models));
  any = either(any, both(tool, one_of("ai.tool.name", tools)));
  any = either(any, both(tool, one_of("ai.tool.server", servers)));
  return either(any, one_of("request.path", paths));
}

void Translator::add_operations(const Entity& entity, bool itself,
                                std::set<std::string>& operations, bool& understood) {
  std::set<Entity> all = itself ? std::set<Entity>{entity} : store_.within(entity);
  bool any_known = false;
  for (const Entity& one : all) {
    auto known = meanings_.of_action(one.id);
    // The group itself is no action that is done.
    bool is_group = all.size() > 1 && one == entity;
    if (!known && !is_group) understood = false;
    if (!known) continue;
    any_known = true;
    operations.insert(known->begin(), known->end());
  }
  if (!any_known) understood = false;
}

Guard Translator::no_tool() const {
  return no_tools_ ? Guard::always() : Guard::of("ai.operation != tool");
}

Translator::Sides Translator::type_is(std::string_view variable, std::string_view type,
                                      Place place) {
  Role role = meanings_.of_type(type);
  if (variable == "principal" && role == Role::user) return of(Guard::always(), kind_is("user"));
  if (variable == "principal" && role == Role::app) return of(Guard::always(), kind_is("app"));
  if (variable == "resource" && role == Role::model && no_tools_)
    return {Guard::always(), Guard::never()};
  if (variable == "resource" && role == Role::model)
    return of(Guard::always(), "ai.operation != tool", "ai.operation == tool");
  if (variable == "resource" && role == Role::tool)
    return of(Guard::always(), "ai.operation == tool", "ai.operation != tool");
  if (variable == "action" && role == Role::action) return {Guard::always(), Guard::never()};
  strange_.insert({std::string(without_namespace(type)), ""});
  return not_understood(
      place, fmt::format("`{} is {}` means nothing here; say with --map what the type is", variable,
                         commented(type)));
}

// --- conditions

Translator::Sides Translator::sides(const Expr& expr) {
  switch (expr.kind) {
    case Kind::truth:
      return expr.truth ? Sides{Guard::always(), Guard::never()}
                        : Sides{Guard::never(), Guard::always()};
    case Kind::both:
    case Kind::either:
      return chain(expr);
    case Kind::negation: {
      Sides inner = sides(expr.parts[0]);
      return {inner.no, inner.yes, inner.is_total};
    }
    case Kind::conditional:
      return conditional(expr);
    case Kind::equal:
      return equality(expr);
    case Kind::unequal: {
      Sides equal = equality(expr);
      return {equal.no, equal.yes, equal.is_total};
    }
    case Kind::less:
    case Kind::at_most:
    case Kind::greater:
    case Kind::at_least:
      return order(expr);
    case Kind::within:
      return within(expr);
    case Kind::presence:
      return presence(expr);
    case Kind::like:
      return like(expr);
    case Kind::is:
    case Kind::is_in:
      return is(expr);
    case Kind::call:
      return call(expr);
    case Kind::attribute: {
      Value found = value(expr, Type::truth);
      if (found.type == Type::truth) return of(found.present, Guard::of(found.text));
      break;
    }
    default:
      break;
  }
  return not_understood(expr.place, "this condition has no counterpart");
}

// a && b && c, from the left: what stands behind a false part is not evaluated, and can not fail.
Translator::Sides Translator::chain(const Expr& expr) {
  bool is_both = expr.kind == Kind::both;
  Sides all = sides(expr.parts[0]);
  for (size_t i = 1; i < expr.parts.size(); ++i) {
    Sides next = sides(expr.parts[i]);
    Guard& go = is_both ? all.yes : all.no;    // the next part is evaluated
    Guard& stop = is_both ? all.no : all.yes;  // the whole is decided
    Guard& ends = is_both ? next.no : next.yes;
    Guard& goes = is_both ? next.yes : next.no;
    // A part that can not fail needs no word of its opposite: `a or not a and b` is `a or b`.
    stop = either(stop, all.is_total ? ends : both(go, ends));
    go = both(go, goes);
    all.is_total = all.is_total && next.is_total;
  }
  return all;
}

Translator::Sides Translator::conditional(const Expr& expr) {
  Sides test = sides(expr.parts[0]), yes = sides(expr.parts[1]), no = sides(expr.parts[2]);
  return {either(both(test.yes, yes.yes), both(test.no, no.yes)),
          either(both(test.yes, yes.no), both(test.no, no.no))};
}

Translator::Sides Translator::equality(const Expr& expr) {
  const Expr* left = &expr.parts[0];
  const Expr* right = &expr.parts[1];
  if (left->kind == Kind::entity) std::swap(left, right);
  if (left->kind == Kind::variable && left->text != "context" && right->kind == Kind::entity)
    return is_within(left->text, {right->entity}, true, expr.place);
  Value a = value(expr.parts[0]);
  Value b = value(expr.parts[1], a.type);
  if (a.type == Type::unknown) a = value(expr.parts[0], b.type);
  return compared(a, b, "==", "!=");
}

Translator::Sides Translator::order(const Expr& expr) {
  constexpr std::pair<std::string_view, std::string_view> signs[] = {
      {"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}};
  auto [sign, opposite] = signs[static_cast<size_t>(expr.kind) - static_cast<size_t>(Kind::less)];
  Value a = value(expr.parts[0], Type::number), b = value(expr.parts[1], a.type);
  if (a.type == Type::text || a.type == Type::truth || a.type == Type::texts)
    return not_understood(expr.place, "only numbers and times have an order");
  return compared(a, b, sign, opposite);
}

Translator::Sides Translator::compared(const Value& a, const Value& b, std::string_view sign,
                                       std::string_view opposite) {
  if (a.type == Type::unknown || b.type == Type::unknown || a.type == Type::texts ||
      (a.is_literal && b.is_literal)) {
    Guard bound = permits_ ? Guard::never() : Guard::always();
    if (a.type != Type::unknown && b.type != Type::unknown)
      reasons_.push_back("a comparison of two constants, or of sets");
    return {bound, bound};
  }
  Guard present = both(a.present, b.present);
  // Values of different types are never equal; to order them fails.
  if (a.type != b.type) return {Guard::never(), sign == "==" ? present : Guard::never()};
  return of(present, fmt::format("{} {} {}", a.text, sign, b.text),
            fmt::format("{} {} {}", a.text, opposite, b.text));
}

Translator::Sides Translator::within(const Expr& expr) {
  const Expr& left = expr.parts[0];
  const Expr& right = expr.parts[1];
  if (left.kind != Kind::variable || left.text == "context")
    return not_understood(expr.place, "`in` is understood of principal, action and resource alone");
  std::vector<Entity> entities;
  if (right.kind == Kind::entity) entities.push_back(right.entity);
  if (right.kind == Kind::set)
    for (const Expr& item : right.parts)
      if (item.kind == Kind::entity) entities.push_back(item.entity);
  bool all = right.kind == Kind::entity ||
             (right.kind == Kind::set && entities.size() == right.parts.size());
  if (!all) return not_understood(expr.place, "what is behind `in` must be entities");
  return is_within(left.text, entities, false, expr.place);
}

Translator::Sides Translator::is(const Expr& expr) {
  const Expr& left = expr.parts[0];
  if (left.kind != Kind::variable || left.text == "context")
    return not_understood(expr.place, "`is` is understood of principal, action and resource alone");
  Sides type = type_is(left.text, expr.text, expr.place);
  if (expr.kind == Kind::is) return type;
  if (expr.parts[1].kind != Kind::entity)
    return not_understood(expr.place, "what is behind `in` must be an entity");
  Sides in = is_within(left.text, {expr.parts[1].entity}, false, expr.place);
  return {both(type.yes, in.yes), either(type.no, in.no)};
}

Translator::Sides Translator::presence(const Expr& expr) {
  Expr attribute = expr;
  attribute.kind = Kind::attribute;
  Value found = value(attribute);
  if (found.type == Type::unknown && found.attribute.empty()) {
    Guard bound = permits_ ? Guard::never() : Guard::always();
    return {bound, bound};
  }
  if (!found.attribute.empty()) {
    // Asked for before its type is known: text, unless another use says otherwise.
    if (!principal_attributes_.contains(found.attribute))
      principal_attributes_[found.attribute] = Type::unknown;
    return of(Guard::always(), Guard::of("has principal." + found.attribute));
  }
  return {found.present, negated(found.present)};
}

Translator::Sides Translator::like(const Expr& expr) {
  Value text = value(expr.parts[0], Type::text);
  if (text.type != Type::text)
    return not_understood(expr.place, "`like` is understood of texts alone");
  const std::string& pattern = expr.text;
  size_t stars = static_cast<size_t>(std::ranges::count(expr.pattern_stars, '*'));
  bool first = stars > 0 && expr.pattern_stars.front() == '*',
       last = stars > 0 && expr.pattern_stars.back() == '*';
  std::string test;
  if (stars == 0)
    return of(text.present, fmt::format("{} == {}", text.text, literal(pattern)),
              fmt::format("{} != {}", text.text, literal(pattern)));
  if (pattern == "*") return {text.present, Guard::never()};
  if (stars == 1 && last)
    test = fmt::format("{}.starts_with({})", text.text,
                       literal(pattern.substr(0, pattern.size() - 1)));
  else if (stars == 1 && first)
    test = fmt::format("{}.ends_with({})", text.text, literal(pattern.substr(1)));
  else if (stars == 2 && first && last && pattern.size() > 2)
    test =
        fmt::format("{}.contains({})", text.text, literal(pattern.substr(1, pattern.size() - 2)));
  else
    test = fmt::format("{} matches {}", text.text, literal(regex_of(expr)));
  return of(text.present, Guard::of(test));
}

Translator::Sides Translator::call(const Expr& expr) {
  const std::string& name = expr.text;
  auto unknown = [&] {
    return not_understood(expr.place, fmt::format("`{}` has no counterpart", commented(name)));
  };
  if (expr.parts.empty()) return unknown();
  if (name == "isInRange" || name == "isLoopback") {
    Value ip = value(expr.parts[0], Type::ip);
    Value range =
        name == "isInRange" && expr.parts.size() == 2 ? literal_call(expr.parts[1]) : Value{};
    if (ip.type != Type::ip || ip.is_literal) return unknown();
    std::string list = name == "isLoopback" ? "[\"127.0.0.0/8\", \"::1\"]" : range.text;
    if (list.empty()) return unknown();
    return of(ip.present, fmt::format("{} in {}", ip.text, list),
              fmt::format("{} not in {}", ip.text, list));
  }
  if (name == "isEmpty") {
    Value set = value(expr.parts[0], Type::texts);
    if (set.type != Type::texts || set.is_literal) return unknown();
    return of(set.present, Guard::of(set.text + ".is_empty"));
  }
  if (expr.parts.size() != 2) return unknown();
  if (name == "contains") {
    Value set = value(expr.parts[0], Type::texts), item = value(expr.parts[1], Type::text);
    if (set.type != Type::texts || item.type != Type::text || (set.is_literal && item.is_literal))
      return unknown();
    Guard present = both(set.present, item.present);
    if (set.is_literal && set.items.empty()) return {Guard::never(), present};
    return of(present, fmt::format("{} in {}", item.text, set.text),
              fmt::format("{} not in {}", item.text, set.text));
  }
  if (name == "containsAll" || name == "containsAny") {
    Value set = value(expr.parts[0], Type::texts), other = value(expr.parts[1], Type::texts);
    bool fits = set.type == Type::texts && other.type == Type::texts && !set.is_literal &&
                other.is_literal && !other.items.empty();
    if (!fits) return unknown();
    return of(set.present, Guard::of(fmt::format(
                               "{}.{}({})", set.text,
                               name == "containsAll" ? "contains_all" : "intersects", other.text)));
  }
  return unknown();
}

// --- values

Translator::Value Translator::value(const Expr& expr, Type wanted) {
  Value out;
  switch (expr.kind) {
    case Kind::text:
      return {Type::text, literal(expr.text), Guard::always(), true, {}, {}};
    case Kind::number:
      return {Type::number, fmt::format("{}", expr.number), Guard::always(), true, {}, {}};
    case Kind::truth:
      return {Type::truth, expr.truth ? "true" : "false", Guard::always(), true, {}, {}};
    case Kind::set:
      for (const Expr& item : expr.parts) {
        if (item.kind != Kind::text)
          return (void)not_understood(expr.place, "sets are understood of texts alone"), out;
        out.items.push_back(item.text);
      }
      return {Type::texts, literal_list(out.items), Guard::always(), true, out.items, {}};
    case Kind::attribute:
      return attribute(expr, wanted);
    case Kind::call:
      out = literal_call(expr);
      if (out.type == Type::unknown)
        (void)not_understood(expr.place,
                             fmt::format("`{}` has no counterpart", commented(expr.text)));
      return out;
    default:
      (void)not_understood(expr.place, "this value has no counterpart");
      return out;
  }
}

// ip("…") and datetime("…") of constants.
Translator::Value Translator::literal_call(const Expr& expr) {
  if (expr.kind != Kind::call || expr.parts.size() != 1 || expr.parts[0].kind != Kind::text)
    return {};
  const std::string& text = expr.parts[0].text;
  if (expr.text == "ip" && (plan::parse_ip(text) || plan::parse_network(text)))
    return {Type::ip, literal(text), Guard::always(), true, {}, {}};
  if (expr.text == "datetime" && parse_time(text))
    return {Type::time, literal(text), Guard::always(), true, {}, {}};
  return {};
}

Translator::Value Translator::attribute(const Expr& expr, Type wanted) {
  const Expr& object = expr.parts[0];
  Value out;
  if (is_variable(object, "context")) {
    const ContextField* field = context_field(expr.text);
    if (field == nullptr) {
      (void)not_understood(expr.place, fmt::format("`context.{}` is nothing that the gateway knows",
                                                   commented(expr.text)));
      return out;
    }
    out.type = field->type;
    out.text = field->expression;
    if (!field->presence.empty()) out.present = Guard::of(std::string(field->presence));
    return out;
  }
  if (is_variable(object, "principal")) out = principal_attribute(expr.text, wanted);
  if (is_variable(object, "resource")) out = model_attribute(expr.text);
  if (out.type == Type::unknown && out.attribute.empty())
    (void)not_understood(
        expr.place, fmt::format("the attribute `{}` has no counterpart", commented(expr.text)));
  return out;
}

Translator::Value Translator::principal_attribute(const std::string& name, Type wanted) {
  constexpr std::pair<std::string_view, Type> fields[] = {
      {"id", Type::text},     {"name", Type::text},    {"tenant", Type::text},
      {"roles", Type::texts}, {"groups", Type::texts}, {"scopes", Type::texts},
      {"mfa", Type::truth}};
  Value out;
  for (auto [known, type] : fields) {
    if (known != name) continue;
    out.type = type;
    out.text = "principal." + name;
    // A name or tenant that is not known is empty.
    if (type == Type::text && name != "id") out.present = Guard::of(out.text + " != \"\"");
    return out;
  }
  for (std::string_view taken : {"kind", "method", "expires", "actor"})
    if (taken == name) return out;
  if (!is_name(name)) return out;
  Type type = Type::unknown;
  for (const auto& [entity, values] : store_.entities())
    if (auto found = values.find(name);
        found != values.end() && meanings_.of_type(entity.type) == Role::user)
      type = found->second.type;
  for (std::string_view entity :
       {"User", "Person", "Employee", "App", "Application", "Service", "Agent"})
    if (Type declared = store_.attribute_type(entity, name); declared != Type::unknown)
      type = declared;
  if (type == Type::unknown) type = wanted;
  auto [known, added] = principal_attributes_.try_emplace(name, type);
  if (!added && known->second == Type::unknown) known->second = type;
  if (!added && type != Type::unknown && known->second != type) return out;
  out.type = type;
  out.attribute = name;
  out.text = "principal." + name;
  out.present = Guard::of("has principal." + name);
  return out;
}

// Values are those that the entities have: the models are declared with them.
Translator::Value Translator::model_attribute(const std::string& name) {
  Value out;
  constexpr std::string_view taken[] = {"name",        "known",      "provider",  "region",
                                        "tier",        "version",    "context",   "price",
                                        "modalities",  "upstream",   "tokenizer", "healthy",
                                        "latency_p95", "error_rate", "in_flight"};
  if (!is_name(name) || std::ranges::find(taken, name) != std::end(taken)) return out;
  Type type = Type::unknown;
  for (const auto& [entity, values] : store_.entities()) {
    if (meanings_.of_type(entity.type) != Role::model) continue;
    auto found = values.find(name);
    if (found == values.end()) continue;
    if (type != Type::unknown && type != found->second.type) return out;
    type = found->second.type;
  }
  if (type == Type::unknown || type == Type::ip || type == Type::time) return out;
  model_attributes_[name] = type;
  out.type = type;
  out.text = "model." + name;
  out.present = both(no_tool(), Guard::of("has model." + name));
  return out;
}

}  // namespace aipol::importing::cedar
