#include "compiler/prove/rules.h"

#include <algorithm>
#include <set>

namespace aipol::prove {

using plan::Constant;
using plan::Effect;
using plan::NodeId;
using plan::Phase;
using plan::Statement;

namespace {

class Reader {
 public:
  explicit Reader(const plan::Plan& plan) : plan_(plan) {}

  Rules run() {
    for (const Statement& statement : plan_.statements) {
      if (!statement.shadow) read(statement);
    }
    std::ranges::sort(out_.routes, {}, &Route::rank);
    return std::move(out_);
  }

 private:
  void read(const Statement& statement) {
    NodeId guard = statement.guard;
    Effect effect = statement.effect;
    if (effect == Effect::allow) put(out_.allows, guard);
    if (plan::refuses(effect)) put(refusals_of(statement.phase), guard);
    if (effect == Effect::route) route(statement);
    if (effect == Effect::limit) limit(statement);
    if (effect == Effect::waf || effect == Effect::validate) put(out_.judges, guard);
    bool off = effect == Effect::cache && argument(statement, "off") != nullptr;
    bool nothing = effect == Effect::log && integer(statement, "level") == 0;
    if (off) put(out_.cache_off, guard);
    if (!off && !nothing) put(out_.doing[effect], guard);
  }

  std::vector<NodeId>& refusals_of(Phase phase) {
    if (phase <= Phase::body) return out_.refusals;
    return phase == Phase::target ? out_.target_refusals : out_.answer_refusals;
  }

  void put(std::vector<NodeId>& list, NodeId guard) {
    if (seen_[&list].insert(guard).second) list.push_back(guard);
  }

  const plan::Argument* argument(const Statement& statement, std::string_view name) const {
    auto found = std::ranges::find(statement.arguments, name, &plan::Argument::name);
    return found == statement.arguments.end() ? nullptr : &*found;
  }
  const Constant* constant(NodeId node) const {
    const plan::Node& n = plan_.code[node];
    return n.op == plan::Op::constant ? &plan_.constants[n.payload] : nullptr;
  }
  const Constant* constant(const Statement& statement, std::string_view name) const {
    const plan::Argument* found = argument(statement, name);
    return found == nullptr || found->values.empty() ? nullptr : constant(found->values[0]);
  }
  std::optional<int64_t> integer(const Statement& statement, std::string_view name) const {
    const Constant* value = constant(statement, name);
    const auto* number = value == nullptr ? nullptr : std::get_if<int64_t>(value);
    return number == nullptr ? std::nullopt : std::optional(*number);
  }

  void route(const Statement& statement) {
    Route route{statement.guard, statement.rank, {}, false, plan::no_node, {}, 1};
    if (const plan::Argument* where = argument(statement, "where")) route.where = where->values[0];
    if (argument(statement, "any") != nullptr) {
      for (size_t i = 0; i < plan_.deployment.models.size(); ++i) route.targets.push_back(i);
    } else if (const plan::Argument* targets = argument(statement, "targets")) {
      for (NodeId value : targets->values)
        route.targets.push_back(static_cast<size_t>(std::get<int64_t>(*constant(value))));
    }
    const Constant* strategy = constant(statement, "strategy");
    bool spread = argument(statement, "weights") != nullptr ||
                  argument(statement, "sticky") != nullptr ||
                  (strategy != nullptr && *strategy != Constant(std::string("order")));
    route.in_order = !spread;
    if (auto mirror = integer(statement, "mirror")) route.mirror = static_cast<size_t>(*mirror);
    const Constant* sample = constant(statement, "mirrored");
    if (sample != nullptr) route.mirrored = std::get<double>(*sample);
    // A mirror that never gets anything is none.
    if (route.mirrored == 0) route.mirror.reset();
    out_.routes.push_back(std::move(route));
  }

  void limit(const Statement& statement) {
    auto number = static_cast<uint32_t>(&statement - plan_.statements.data());
    LimitRule limit{number, statement.guard, static_cast<uint32_t>(*integer(statement, "meter")), {}};
    auto amount = integer(statement, "amount");
    bool burst = argument(statement, "burst") != nullptr;
    auto more = burst ? integer(statement, "burst") : amount;
    if (amount && more) limit.amount = std::max(*amount, *more);
    out_.limits.push_back(limit);
  }

  const plan::Plan& plan_;
  Rules out_;
  std::map<const void*, std::set<NodeId>> seen_;  // by list
};

}  // namespace

Rules rules_of(const plan::Plan& plan) { return Reader(plan).run(); }

}  // namespace aipol::prove
