#include "importing/cedar_tests.h"

#include <algorithm>

#include <fmt/format.h>

#include "importing/cedar_evaluate.h"
#include "importing/words.h"
#include "plan/ip.h"

namespace aipol::importing::cedar {

namespace {

constexpr size_t most_requests = 24;  // that are allowed, and that are refused
constexpr size_t most_evaluations = 2'000'000;

// The names and constants of the policies.
struct Found {
  std::set<Entity> entities;
  std::set<std::string> types;                           // behind `is`
  std::map<std::string, std::vector<Plain>> attributes;  // of the principal: values worth a try
  std::vector<std::string> ips;                          // the first addresses of networks

  void add(const std::vector<Entity>& more) { entities.insert(more.begin(), more.end()); }

  void look(const Expr& expr) {
    if (expr.kind == Expr::Kind::entity) entities.insert(expr.entity);
    if (expr.kind == Expr::Kind::is || expr.kind == Expr::Kind::is_in)
      types.insert(std::string(without_namespace(expr.text)));
    if (expr.kind == Expr::Kind::presence && is_principal(expr.parts[0])) attributes[expr.text];
    if (expr.kind == Expr::Kind::attribute && is_principal(expr.parts[0])) attributes[expr.text];
    if (expr.parts.size() == 2) {
      take(expr.parts[0], expr.parts[1],
           expr.text == "contains" || expr.text.starts_with("containsA"));
      take(expr.parts[1], expr.parts[0], false);
    }
    if (expr.kind == Expr::Kind::call && expr.text == "ip" && expr.parts.size() == 1)
      if (auto network = plan::parse_network(expr.parts[0].text))
        ips.push_back(plan::format_ip(network->address));
    if (expr.kind == Expr::Kind::like) take_text(expr.parts[0], expr.text);
    for (const Expr& part : expr.parts) look(part);
  }

 private:
  static bool is_principal(const Expr& expr) {
    return expr.kind == Expr::Kind::variable && expr.text == "principal";
  }

  void take_text(const Expr& attribute, std::string text) {
    if (attribute.kind != Expr::Kind::attribute || !is_principal(attribute.parts[0])) return;
    std::ranges::replace(text, '*', 'x');
    attributes[attribute.text].push_back({Type::text, text, 0, false, {}});
  }

  // A constant that the attribute is compared with, and its neighbour.
  void take(const Expr& attribute, const Expr& constant, bool is_set) {
    if (attribute.kind != Expr::Kind::attribute || !is_principal(attribute.parts[0])) return;
    std::vector<Plain>& values = attributes[attribute.text];
    if (constant.kind == Expr::Kind::number) {
      values.push_back({Type::number, "", constant.number, false, {}});
      values.push_back(
          {Type::number, "", constant.number == INT64_MAX ? 0 : constant.number + 1, false, {}});
    } else if (constant.kind == Expr::Kind::text) {
      values.push_back(is_set ? Plain{Type::texts, "", 0, false, {constant.text}}
                              : Plain{Type::text, constant.text, 0, false, {}});
    } else if (constant.kind == Expr::Kind::set && !is_set) {
      for (const Expr& item : constant.parts)
        if (item.kind == Expr::Kind::text) values.push_back({Type::text, item.text, 0, false, {}});
    } else if (constant.kind == Expr::Kind::set) {
      Plain texts{Type::texts, "", 0, false, {}};
      for (const Expr& item : constant.parts)
        if (item.kind == Expr::Kind::text) texts.texts.push_back(item.text);
      values.push_back(texts);
    }
  }
};

// What the attributes are, once as the first constants and once as the last ones.
std::map<std::string, Plain> attributes_of(const Found& found,
                                           const std::map<std::string, Type>& types, bool first) {
  std::map<std::string, Plain> all;
  for (const auto& [name, values] : found.attributes) {
    constexpr std::string_view fields[] = {"id",   "roles",  "groups",  "scopes",
                                           "kind", "method", "expires", "actor"};
    if (!is_name(name) || std::ranges::find(fields, name) != std::end(fields)) continue;
    auto declared = types.find(name);
    bool is_field = name == "name" || name == "tenant" || name == "mfa";
    if (declared == types.end() && !is_field) continue;
    Type type = declared != types.end() ? declared->second
                : name == "mfa"         ? Type::truth
                                        : Type::text;
    Plain value{type == Type::unknown ? Type::text : type, "x", 1, first, {}};
    for (const Plain& one : values)
      if (one.type == type) {
        value = one;
        if (first) break;
      }
    if (value.type == Type::ip || value.type == Type::time) continue;
    all[name] = value;
  }
  return all;
}

class Writer {
 public:
  Writer(const std::vector<Tested>& policies, const std::set<std::string>& models,
         const Known& known, const Store& store, const Meanings& meanings)
      : policies_(policies), models_(models), known_(known), store_(store), meanings_(meanings) {}

  std::string write() {
    for (const Tested& one : policies_) {
      found_.add(one.policy->principal.entities);
      found_.add(one.policy->action.entities);
      found_.add(one.policy->resource.entities);
      found_.types.insert(std::string(without_namespace(one.policy->principal.type)));
      for (const Condition& condition : one.policy->conditions) found_.look(condition.expr);
    }
    choose();
    size_t number = 0, total = principals_.size() * actions_.size() * resources_.size();
    size_t stride = total * policies_.size() / most_evaluations + 1;
    for (const Sample& principal : principals_)
      for (const Entity& action : actions_)
        for (const Entity& resource : resources_)
          if (number++ % stride == 0) step(principal, action, resource, number);
    std::string steps;
    append(allowed_, steps);
    append(refused_, steps);
    return steps;
  }

 private:
  void choose() {
    std::vector<Entity> groups;
    std::set<std::string> named;
    for (const Entity& one : found_.entities) {
      Role role = meanings_.of_type(one.type);
      if (role == Role::user || role == Role::app) add_principal({one, {}, {}, {}, {}});
      if (role == Role::group || role == Role::role || role == Role::tenant) groups.push_back(one);
      if (role == Role::action)
        for (const Entity& action : store_.within(one))
          add_action(action), named_actions_.insert(action);
    }
    for (const Entity& group : groups) {
      Sample member{{"User", "a member"}, {}, {}, {group}, {}};
      add_principal(member);
    }
    found_.types.insert("User");
    for (const std::string& type : found_.types)
      if (Role role = meanings_.of_type(type); role == Role::user || role == Role::app)
        add_principal({{type, "somebody"}, {}, {}, {}, {}});
    for (const std::string& model : models_) add_resource(model_entity(model));
    add_action({"Action", "chat"});
    add_action({"Action", "embedding"});
    if (found_.attributes.empty()) return;
    std::vector<Sample> plain = std::move(principals_);
    principals_.clear();
    for (const Sample& one : plain) {
      principals_.push_back(one);
      for (bool first : {true, false}) {
        principals_.push_back(one);
        principals_.back().attributes = attributes_of(found_, known_.principal, first);
      }
    }
  }

  // As the entities have it, where they do.
  Entity model_entity(const std::string& name) const {
    for (const auto& [entity, values] : store_.entities())
      if (entity.id == name && meanings_.of_type(entity.type) == Role::model) return entity;
    for (const Entity& one : found_.entities)
      if (one.id == name && meanings_.of_type(one.type) == Role::model) return one;
    return {"Model", name};
  }

  void add_principal(Sample sample) { principals_.push_back(std::move(sample)); }
  void add_resource(const Entity& one) {
    if (std::ranges::find(resources_, one) == resources_.end() && resources_.size() < 6)
      resources_.push_back(one);
  }
  // An action that means one operation, each operation once.
  void add_action(const Entity& one) {
    auto operations = meanings_.of_action(one.id);
    if (!operations || operations->size() != 1 || operations->front() == "tool") return;
    for (const Entity& there : actions_)
      if (*meanings_.of_action(there.id) == *operations) return;
    actions_.push_back(one);
  }

  // Several actions may mean one operation: a policy about one of them is about the request.
  Outcome of_any_action(const Policy& policy, const Sample& sample) const {
    const std::string operation = meanings_.of_action(sample.action.id)->front();
    Outcome all = evaluate(policy, sample, store_, known_);
    for (const Entity& action : named_actions_) {
      auto meant = meanings_.of_action(action.id);
      if (!meant || std::ranges::find(*meant, operation) == meant->end()) continue;
      Sample other = sample;
      other.action = action;
      Outcome outcome = evaluate(policy, other, store_, known_);
      if (outcome == Outcome::holds || (outcome == Outcome::unknown && all != Outcome::holds))
        all = outcome;
      if (outcome == Outcome::error && all == Outcome::fails) all = outcome;
    }
    return all;
  }

  // Cedar's decision, where it is known and the translation has it, too.
  std::optional<bool> decision(const Sample& sample) const {
    bool allowed = false, refused = false, may_allow = false, may_refuse = false;
    for (const auto& [policy, is_whole] : policies_) {
      Outcome outcome = of_any_action(*policy, sample);
      bool holds = outcome == Outcome::holds, unknown = outcome == Outcome::unknown;
      if (!policy->permits) {
        refused = refused || holds;
        // One that is not understood as a whole may refuse where Cedar has an error.
        may_refuse = may_refuse || unknown || (!is_whole && outcome != Outcome::fails);
      } else if (holds && is_whole) {
        allowed = true;
      } else if (holds || unknown) {
        may_allow = true;
      }
    }
    if (refused) return false;
    if (allowed) return may_refuse ? std::nullopt : std::optional(true);
    return may_allow ? std::nullopt : std::optional(false);
  }

  void step(Sample sample, const Entity& action, const Entity& resource, size_t number) {
    sample.action = action;
    sample.resource = resource;
    if (!found_.ips.empty())
      sample.ip = number % 3 == 0 ? "192.0.2.1" : found_.ips[number % found_.ips.size()];
    std::optional<bool> allowed = decision(sample);
    if (!allowed) return;
    std::string ip = sample.ip.empty() ? "" : ", ip: " + literal(sample.ip);
    std::string text = fmt::format(
        "  send {{ path: \"/v1/chat/completions\", model: {}, ai: {{ operation: {} }}, principal: "
        "{}{} }}\n"
        "  expect {}\n",
        literal(resource.id), meanings_.of_action(action.id)->front(), principal(sample), ip,
        *allowed ? "allow" : "deny");
    (*allowed ? allowed_ : refused_).push_back(std::move(text));
  }

  // Some of each, from all over.
  static void append(const std::vector<std::string>& steps, std::string& out) {
    size_t stride = steps.size() / most_requests + 1;
    for (size_t i = 0; i < steps.size(); i += stride) out += steps[i];
  }

  std::string principal(const Sample& sample) const {
    std::set<std::string> groups, roles, tenants;
    for (const Entity& one : sample.memberships) {
      Role role = meanings_.of_type(one.type);
      (role == Role::group ? groups : role == Role::role ? roles : tenants).insert(one.id);
    }
    bool is_app = meanings_.of_type(sample.principal.type) == Role::app;
    std::string text =
        fmt::format("{{ id: {}, kind: {}", literal(sample.principal.id), is_app ? "app" : "user");
    if (!groups.empty()) text += ", groups: " + literal_list({groups.begin(), groups.end()});
    if (!roles.empty()) text += ", roles: " + literal_list({roles.begin(), roles.end()});
    if (!tenants.empty()) text += ", tenant: " + literal(*tenants.begin());
    for (const auto& [name, value] : sample.attributes) {
      if (name == "tenant" && !tenants.empty()) continue;
      text += fmt::format(", {}: {}", name,
                          value.type == Type::text     ? literal(value.text)
                          : value.type == Type::number ? fmt::format("{}", value.number)
                          : value.type == Type::truth  ? (value.truth ? "true" : "false")
                                                       : literal_list(value.texts));
    }
    return text + " }";
  }

  const std::vector<Tested>& policies_;
  const std::set<std::string>& models_;
  const Known& known_;
  const Store& store_;
  const Meanings& meanings_;
  Found found_;
  std::vector<Sample> principals_;
  std::vector<Entity> actions_, resources_;  // one action for each operation
  std::set<Entity> named_actions_;
  std::vector<std::string> allowed_, refused_;
};

}  // namespace

std::string write_tests(const std::vector<Tested>& policies, const std::set<std::string>& models,
                        const Known& known, const Store& store, const Meanings& meanings) {
  std::string steps = Writer(policies, models, known, store, meanings).write();
  if (steps.empty()) return "";
  return fmt::format(
      "// Requests, and what Cedar decides of them.\n\ntest \"as Cedar decides\" {{\n{}}}\n",
      steps);
}

}  // namespace aipol::importing::cedar
