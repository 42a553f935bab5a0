#include "importing/cedar_evaluate.h"

#include <algorithm>

#include "importing/cedar_meaning.h"
#include "plan/ip.h"

namespace aipol::importing::cedar {

namespace {

using Kind = Expr::Kind;

// An error of Cedar's evaluation, or something that samples do not know.
struct Stop {
  Outcome why;
};

struct Value {
  enum class Kind : uint8_t { plain, entity, entities };
  Kind kind = Kind::plain;
  Plain plain = {};
  Entity entity = {};
  std::vector<Entity> entities = {};
};

template <class T>
using Got = std::expected<T, Stop>;

std::unexpected<Stop> stop(Outcome why) { return std::unexpected(Stop{why}); }

class Evaluator {
 public:
  Evaluator(const Sample& sample, const Store& store, const Known& known)
      : sample_(sample), store_(store), known_(known) {}

  Got<bool> scope(const Scope& scope, const Entity& entity, bool is_principal) {
    bool is_typed = scope.kind == Scope::Kind::is || scope.kind == Scope::Kind::is_in;
    bool is_doubtful = is_typed && is_strange(scope.type);
    if (is_typed && !is_doubtful && without_namespace(scope.type) != entity.type) return false;
    Got<bool> found = true;
    if (scope.kind != Scope::Kind::any && scope.kind != Scope::Kind::is)
      found = any_of(scope.entities, [&](const Entity& one) {
        return scope.kind == Scope::Kind::equal ? entity == one : is_in(entity, one, is_principal);
      });
    return is_doubtful && found && *found ? Got<bool>(stop(Outcome::unknown)) : found;
  }

  Got<bool> truth(const Expr& expr) {
    if (expr.kind == Kind::both || expr.kind == Kind::either) {
      bool is_both = expr.kind == Kind::both, doubtful = false;
      // What is behind something unknown may decide all the same.
      for (const Expr& part : expr.parts) {
        Got<bool> found = truth(part);
        if (found && *found != is_both) return found;
        if (!found && found.error().why == Outcome::error && !doubtful) return found;
        doubtful = doubtful || !found;
      }
      return doubtful ? Got<bool>(stop(Outcome::unknown)) : Got<bool>(is_both);
    }
    if (expr.kind == Kind::conditional) {
      Got<bool> test = truth(expr.parts[0]);
      return test ? truth(expr.parts[*test ? 1 : 2]) : test;
    }
    if (expr.kind == Kind::negation) {
      Got<bool> found = truth(expr.parts[0]);
      return found ? Got<bool>(!*found) : found;
    }
    if (expr.kind == Kind::presence) return presence(expr);
    if (expr.kind == Kind::is || expr.kind == Kind::is_in) return is(expr);
    if (expr.kind == Kind::like) return like(expr);
    if (expr.kind == Kind::call) return call(expr);
    if (expr.parts.size() == 2 && expr.kind >= Kind::equal && expr.kind <= Kind::within)
      return binary(expr);
    Got<Value> found = value(expr);
    if (!found) return stop(found.error().why);
    if (found->kind != Value::Kind::plain || found->plain.type != Type::truth)
      return stop(Outcome::error);
    return found->plain.truth;
  }

 private:
  bool is_strange(std::string_view type) const {
    return known_.strange.contains({std::string(without_namespace(type)), ""});
  }

  // Whether one of the entities passes; those that mean nothing may.
  Got<bool> any_of(const std::vector<Entity>& entities, const auto& passes) const {
    bool doubtful = false;
    for (const Entity& one : entities) {
      if (known_.strange.contains(one))
        doubtful = true;
      else if (passes(one))
        return true;
    }
    return doubtful ? Got<bool>(stop(Outcome::unknown)) : Got<bool>(false);
  }

  bool is_in(const Entity& entity, const Entity& group, bool is_principal) const {
    if (store_.is_in(entity, group)) return true;
    return is_principal && std::ranges::any_of(sample_.memberships, [&](const Entity& direct) {
             return store_.is_in(direct, group);
           });
  }

  Got<Value> value(const Expr& expr) {
    Value out;
    switch (expr.kind) {
      case Kind::text:
        out.plain = {Type::text, expr.text, 0, false, {}};
        return out;
      case Kind::number:
        out.plain = {Type::number, "", expr.number, false, {}};
        return out;
      case Kind::truth:
        out.plain = {Type::truth, "", 0, expr.truth, {}};
        return out;
      case Kind::entity:
        out.kind = Value::Kind::entity;
        out.entity = expr.entity;
        return out;
      case Kind::variable:
        if (expr.text == "context") return stop(Outcome::unknown);
        out.kind = Value::Kind::entity;
        out.entity = expr.text == "principal" ? sample_.principal
                     : expr.text == "action"  ? sample_.action
                                              : sample_.resource;
        return out;
      case Kind::set:
        return set(expr);
      case Kind::attribute:
        return attribute(expr);
      case Kind::plus:
      case Kind::minus:
      case Kind::times:
      case Kind::negative:
      case Kind::record:
      case Kind::call:
        return stop(Outcome::unknown);
      default: {
        Got<bool> found = truth(expr);
        if (!found) return stop(found.error().why);
        out.plain = {Type::truth, "", 0, *found, {}};
        return out;
      }
    }
  }

  Got<Value> set(const Expr& expr) {
    Value out;
    out.plain.type = Type::texts;
    for (const Expr& part : expr.parts) {
      Got<Value> item = value(part);
      if (!item) return item;
      if (item->kind == Value::Kind::entity) {
        out.kind = Value::Kind::entities;
        out.entities.push_back(item->entity);
      } else if (item->plain.type == Type::text) {
        out.plain.texts.push_back(item->plain.text);
      } else {
        return stop(Outcome::unknown);
      }
    }
    return out;
  }

  const std::map<std::string, Plain>* attributes_of(const Expr& object) const {
    if (object.kind != Kind::variable) return nullptr;
    if (object.text == "principal") return &sample_.attributes;
    if (object.text != "resource") return nullptr;
    auto found = store_.entities().find(sample_.resource);
    static const std::map<std::string, Plain> none;
    return found == store_.entities().end() ? &none : &found->second;
  }

  bool is_known(const Expr& object, const std::string& name) const {
    if (object.kind != Kind::variable) return false;
    if (object.text == "resource") return known_.model.contains(name);
    for (std::string_view field : {"name", "tenant", "mfa"})
      if (field == name) return true;
    return known_.principal.contains(name);
  }

  Got<Value> attribute(const Expr& expr) {
    const auto* attributes = attributes_of(expr.parts[0]);
    if (attributes == nullptr || !is_known(expr.parts[0], expr.text)) return stop(Outcome::unknown);
    auto found = attributes->find(expr.text);
    if (found == attributes->end()) return stop(Outcome::error);
    if (found->second.type == Type::unknown) return stop(Outcome::unknown);
    Value out;
    out.plain = found->second;
    return out;
  }

  Got<bool> presence(const Expr& expr) {
    const auto* attributes = attributes_of(expr.parts[0]);
    if (attributes == nullptr || !is_known(expr.parts[0], expr.text)) return stop(Outcome::unknown);
    return attributes->contains(expr.text);
  }

  Got<bool> is(const Expr& expr) {
    Got<Value> left = value(expr.parts[0]);
    if (!left) return stop(left.error().why);
    if (left->kind != Value::Kind::entity) return stop(Outcome::error);
    if (is_strange(expr.text)) return stop(Outcome::unknown);
    if (left->entity.type != without_namespace(expr.text)) return false;
    if (expr.kind == Kind::is) return true;
    Got<Value> right = value(expr.parts[1]);
    if (!right) return stop(right.error().why);
    return any_of({right->entity}, [&](const Entity& group) {
      return is_in(left->entity, group, expr.parts[0].text == "principal");
    });
  }

  Got<bool> binary(const Expr& expr) {
    Got<Value> a = value(expr.parts[0]);
    if (!a) return stop(a.error().why);
    Got<Value> b = value(expr.parts[1]);
    if (!b) return stop(b.error().why);
    if (expr.kind == Kind::within) {
      if (a->kind != Value::Kind::entity) return stop(Outcome::error);
      std::vector<Entity> groups =
          b->kind == Value::Kind::entity ? std::vector<Entity>{b->entity} : b->entities;
      bool is_principal = expr.parts[0].kind == Kind::variable && expr.parts[0].text == "principal";
      return any_of(groups,
                    [&](const Entity& group) { return is_in(a->entity, group, is_principal); });
    }
    if (known_.strange.contains(a->entity) || known_.strange.contains(b->entity))
      return stop(Outcome::unknown);
    bool same = a->kind == b->kind &&
                (a->kind == Value::Kind::entity ? a->entity == b->entity : a->plain == b->plain);
    if (expr.kind == Kind::equal) return same;
    if (expr.kind == Kind::unequal) return !same;
    bool numbers = a->plain.type == Type::number && b->plain.type == Type::number;
    if (!numbers) return stop(Outcome::error);
    int64_t x = a->plain.number, y = b->plain.number;
    return expr.kind == Kind::less      ? x < y
           : expr.kind == Kind::at_most ? x <= y
           : expr.kind == Kind::greater ? x > y
                                        : x >= y;
  }

  Got<bool> like(const Expr& expr) {
    Got<Value> text = value(expr.parts[0]);
    if (!text) return stop(text.error().why);
    if (text->plain.type != Type::text) return stop(Outcome::error);
    return matches(text->plain.text, expr.text, expr.pattern_stars);
  }

  // Greedy with one step back: linear but for the product of both lengths.
  static bool matches(std::string_view text, std::string_view pattern, std::string_view stars) {
    size_t at = 0, in = 0, star = pattern.npos, back = 0;
    while (at < text.size()) {
      if (in < pattern.size() && stars[in] == '*') {
        star = in++, back = at;
      } else if (in < pattern.size() && pattern[in] == text[at]) {
        ++in, ++at;
      } else if (star != pattern.npos) {
        in = star + 1, at = ++back;
      } else {
        return false;
      }
    }
    while (in < pattern.size() && stars[in] == '*') ++in;
    return in == pattern.size();
  }

  Got<bool> in_range(const Expr& expr) const {
    const Expr& ip = expr.parts[0];
    const Expr& range = expr.parts[1];
    const ContextField* field = ip.kind == Kind::attribute && ip.parts[0].kind == Kind::variable &&
                                        ip.parts[0].text == "context"
                                    ? context_field(ip.text)
                                    : nullptr;
    bool known = field != nullptr && field->type == Type::ip && range.kind == Kind::call &&
                 range.text == "ip" && range.parts.size() == 1 && range.parts[0].kind == Kind::text;
    auto address = plan::parse_ip(sample_.ip);
    auto network = known ? plan::parse_network(range.parts[0].text) : std::nullopt;
    if (!address || !network) return stop(Outcome::unknown);
    return plan::contains(*network, *address);
  }

  Got<bool> call(const Expr& expr) {
    if (expr.text == "isInRange" && expr.parts.size() == 2) return in_range(expr);
    bool known = expr.text == "contains" || expr.text == "containsAll" ||
                 expr.text == "containsAny" || expr.text == "isEmpty";
    if (!known || expr.parts.empty()) return stop(Outcome::unknown);
    Got<Value> set = value(expr.parts[0]);
    if (!set) return stop(set.error().why);
    if (set->plain.type != Type::texts) return stop(Outcome::error);
    const std::vector<std::string>& texts = set->plain.texts;
    if (expr.text == "isEmpty") return texts.empty();
    if (expr.parts.size() != 2) return stop(Outcome::error);
    Got<Value> other = value(expr.parts[1]);
    if (!other) return stop(other.error().why);
    auto has = [&](const std::string& text) {
      return std::ranges::find(texts, text) != texts.end();
    };
    if (expr.text == "contains") return other->plain.type == Type::text && has(other->plain.text);
    if (other->plain.type != Type::texts) return stop(Outcome::error);
    return expr.text == "containsAll" ? std::ranges::all_of(other->plain.texts, has)
                                      : std::ranges::any_of(other->plain.texts, has);
  }

  const Sample& sample_;
  const Store& store_;
  const Known& known_;
};

}  // namespace

Outcome evaluate(const Policy& policy, const Sample& sample, const Store& store,
                 const Known& known) {
  Evaluator evaluator(sample, store, known);
  Outcome all = Outcome::holds;
  for (Got<bool> head : {evaluator.scope(policy.principal, sample.principal, true),
                         evaluator.scope(policy.action, sample.action, false),
                         evaluator.scope(policy.resource, sample.resource, false)}) {
    if (head && !*head) return Outcome::fails;
    if (!head) all = Outcome::unknown;
  }
  for (const Condition& condition : policy.conditions) {
    Got<bool> found = evaluator.truth(condition.expr);
    if (found && *found == condition.is_unless) return Outcome::fails;
    if (!found && found.error().why == Outcome::error && all == Outcome::holds)
      return Outcome::error;
    if (!found) all = Outcome::unknown;
  }
  return all;
}

}  // namespace aipol::importing::cedar
