#include "tests/support/workload_plan.h"

#include <algorithm>

#include "stdlib/native/cells.h"

namespace aipol::bench {

namespace {

using plan::NodeId;
using plan::Op;
using plan::Rep;

enum SourceNumber : uint32_t { team, model, provider, role_set, principal_region, model_region, sensitivity, mfa, hour, ip, tokens, tags };
constexpr std::pair<const char*, Rep> sources[] = {{"principal.team", Rep::text},
                                                   {"model.name", Rep::text},
                                                   {"model.provider", Rep::text},
                                                   {"principal.roles", Rep::texts},
                                                   {"principal.region", Rep::integer},
                                                   {"model.region", Rep::integer},
                                                   {"model.sensitivity", Rep::integer},
                                                   {"principal.mfa", Rep::boolean},
                                                   {"request.hour", Rep::integer},
                                                   {"request.ip", Rep::ip},
                                                   {"ai.input_tokens", Rep::integer},
                                                   {"request.data_tags", Rep::texts}};

std::vector<std::string> role_names(uint32_t bits) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < roles; ++i) {
    if (bits >> i & 1) names.push_back(role_name(i));
  }
  return names;
}

plan::Ip address(uint32_t v4) { return {0, 0xFFFF'0000'0000ull | v4}; }

class Planner {
 public:
  explicit Planner(const Workload& workload) : workload_(workload) {}

  plan::Plan make() {
    for (auto [path, rep] : sources) {
      plan::Source source{.path = path, .key = {}, .rep = rep, .fallback = {}};
      plan_.sources.push_back(std::move(source));
    }
    plan_.policies.push_back({.name = "bench", .package = "main", .title = {}, .doc = {}, .place = {}});
    plan_.stages.emplace_back().phase = plan::Phase::body;
    for (const Rule& rule : workload_.rules) add(rule);
    return std::move(plan_);
  }

 private:
  NodeId node(Op op, Rep rep, std::initializer_list<NodeId> arguments, uint32_t payload = 0) {
    return plan_.code.add(op, rep, payload, std::span(arguments.begin(), arguments.size()));
  }
  NodeId source(uint32_t number) { return node(Op::source, sources[number].second, {}, number); }
  NodeId constant(plan::Constant value, Rep rep) {
    plan_.constants.push_back(std::move(value));
    return node(Op::constant, rep, {}, static_cast<uint32_t>(plan_.constants.size() - 1));
  }
  NodeId is(uint32_t number, plan::Constant value) {
    return node(Op::equal, Rep::boolean, {source(number), constant(std::move(value), sources[number].second)});
  }
  NodeId negated(NodeId one) { return node(Op::logical_not, Rep::boolean, {one}); }
  NodeId all(std::initializer_list<NodeId> parts) { return node(Op::logical_and, Rep::boolean, parts); }

  NodeId guard(const Rule& rule) {
    switch (rule.kind) {
      case Rule::Kind::permit: {
        NodeId region = rule.region < 0
                            ? node(Op::equal, Rep::boolean, {source(principal_region), source(model_region)})
                            : is(model_region, int64_t{rule.region});
        NodeId role = node(Op::intersects, Rep::boolean, {source(role_set), constant(role_names(rule.roles), Rep::texts)});
        return all({is(team, team_name(rule.team)), is(model, model_name(workload_, rule.model)), role, region});
      }
      case Rule::Kind::tag:
        return all({node(Op::has_member, Rep::boolean, {source(tags), constant(tag_name(rule.tag), Rep::text)}),
                    negated(is(model_region, int64_t{rule.region}))});
      case Rule::Kind::mfa:
        return all({is(team, team_name(rule.team)), is(provider, provider_name(rule.provider)),
                    is(sensitivity, int64_t{2}), negated(source(mfa))});
      case Rule::Kind::hour:
        return all({is(team, team_name(rule.team)),
                    negated(node(Op::in_range, Rep::boolean,
                                 {source(hour), constant(plan::IntegerRange{rule.low, rule.high - 1}, Rep::integer)}))});
      case Rule::Kind::ip: {
        plan::Network network{address(rule.prefix), static_cast<uint8_t>(96 + rule.bits)};
        return node(Op::in_network, Rep::boolean, {source(ip), constant(network, Rep::ip)});
      }
      case Rule::Kind::tokens:
        return all({is(model, model_name(workload_, rule.model)),
                    node(Op::less, Rep::boolean, {constant(rule.high, Rep::integer), source(tokens)})});
    }
    return plan::no_node;
  }

  void add(const Rule& rule) {
    auto number = static_cast<uint32_t>(plan_.statements.size());
    plan::Statement statement;
    statement.effect = rule.kind == Rule::Kind::permit ? plan::Effect::allow : plan::Effect::deny;
    statement.phase = plan::Phase::body;
    statement.rank = number;
    statement.guard = guard(rule);
    plan_.statements.push_back(statement);
    plan_.stages[0].statements.push_back(number);
  }

  const Workload& workload_;
  plan::Plan plan_;
};

}  // namespace

plan::Plan make_plan(const Workload& workload) { return Planner(workload).make(); }

plan::Facts make_facts(const Workload& workload, const Request& request, AipolScratch& scratch) {
  auto text = [&](const std::string& name) { return native::copied(name, &scratch); };
  auto texts = [&](const std::vector<std::string>& names) {
    auto* cells = reinterpret_cast<AipolCell*>(scratch.allocate(names.size() * sizeof(AipolCell)));
    std::ranges::transform(names, cells, text);
    return native::cell_of(std::span<const AipolCell>(cells, names.size()));
  };
  auto number = [](int64_t value) { return native::cell_of(value); };
  std::vector<std::string> tag_names;
  for (uint32_t tag : request.tags) tag_names.push_back(tag_name(tag));
  std::ranges::sort(tag_names);
  AipolCell cells[] = {text(team_name(request.team)),
                       text(model_name(workload, request.model)),
                       text(provider_name(workload.provider[request.model])),
                       texts(role_names(request.roles)),
                       number(request.principal_region),
                       number(request.model_region),
                       number(workload.sensitivity[request.model]),
                       native::cell_of(request.mfa),
                       number(request.hour),
                       {address(request.ip).high, address(request.ip).low},
                       number(request.tokens),
                       texts(tag_names)};
  plan::Facts facts;
  for (const AipolCell& cell : cells) facts.push_back({.state = plan::Fact::State::present, .value = cell});
  return facts;
}

}  // namespace aipol::bench
