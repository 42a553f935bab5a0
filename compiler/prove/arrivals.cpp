// Where a call arrives, and what it can be there.
#include <algorithm>

#include "compiler/prove/pattern.h"
#include "compiler/prove/producible.h"

namespace aipol::prove {

using plan::Endpoint;
using plan::NodeId;

namespace {

bool overlap(const std::string& a, const std::string& b) {
  auto fixed = [](const std::string& glob) {
    std::string_view text = std::string_view(glob).substr(0, std::min(glob.find('*'), glob.size()));
    if (text.ends_with('/')) text.remove_suffix(1);  // `/a/**` matches `/a`
    return text;
  };
  std::string_view x = fixed(a), y = fixed(b);
  if (!x.starts_with(y) && !y.starts_with(x)) return false;
  Pattern one, other;
  one.add_glob(a);
  other.add_glob(b);
  return find_text({one, other}, {}).kind != TextFound::Kind::none;
}

class Arrivals {
 public:
  explicit Arrivals(Terms& terms) : terms_(terms), plan_(terms.plan()) {
    path_ = terms.source("request.path", plan::Rep::text);
    operation_ = terms.source("ai.operation", plan::Rep::integer, "Operation");
    model_ = terms.source("model.name", plan::Rep::text);
  }

  NodeId run() {
    std::vector<NodeId> ways;
    std::vector<const Endpoint*> endpoints = by_precedence(plan_);
    for (size_t i = 0; i < endpoints.size(); ++i) {
      std::vector<NodeId> parts = {terms_.on_path(path_, {endpoints[i]->glob})};
      std::vector<std::string> before;
      for (size_t j = 0; j < i; ++j) {
        if (overlap(endpoints[j]->glob, endpoints[i]->glob)) before.push_back(endpoints[j]->glob);
      }
      if (!before.empty()) parts.push_back(terms_.negation(terms_.on_path(path_, before)));
      parts.push_back(operation(*endpoints[i]));
      if (!endpoints[i]->model.empty())
        parts.push_back(terms_.negation(terms_.is(model_, std::string())));
      ways.push_back(terms_.all(parts));
    }
    return terms_.all({terms_.any(ways), tags()});
  }

 private:
  NodeId operation(const Endpoint& endpoint) {
    const auto& members = plan_.enumerations[plan_.sources[operation_].enumeration].members;
    std::vector<NodeId> parts;
    for (std::string_view name : operations_of(endpoint)) {
      int64_t number = std::ranges::find(members, name) - members.begin();
      parts.push_back(terms_.is(operation_, number));
    }
    return terms_.any(parts);
  }

  // What a call bears of tags is what the gateway lists; the plan has put in what policies add.
  NodeId tags() {
    auto source = terms_.find("ai.tags");
    if (!source) return terms_.truth(true);
    const std::vector<std::string>& listed = plan_.deployment.gateway.data_tags;
    NodeId tags = terms_.read(*source);
    std::vector<NodeId> parts;
    for (NodeId node = 0, end = NodeId(plan_.code.size()); node < end; ++node) {
      const plan::Node& n = plan_.code[node];
      if (n.op != plan::Op::has_member || plan_.code.argument(node, 0) != tags) continue;
      const plan::Node& tag = plan_.code[plan_.code.argument(node, 1)];
      if (tag.op != plan::Op::constant) continue;
      const auto& text = std::get<std::string>(plan_.constants[tag.payload]);
      if (std::ranges::find(listed, text) == listed.end()) parts.push_back(terms_.negation(node));
    }
    NodeId size = plan_.code.add(plan::Op::size, plan::Rep::integer, 0, std::vector{tags});
    NodeId most = terms_.constant(int64_t(listed.size()), plan::Rep::integer);
    parts.push_back(
        plan_.code.add(plan::Op::less_equal, plan::Rep::boolean, 0, std::vector{size, most}));
    return terms_.all(parts);
  }

  Terms& terms_;
  plan::Plan& plan_;
  plan::SourceId path_ = 0, operation_ = 0, model_ = 0;
};

}  // namespace

NodeId arrivals(Terms& terms) { return Arrivals(terms).run(); }

// The most specific first, as decision::Program takes them.
std::vector<const Endpoint*> by_precedence(const plan::Plan& plan) {
  std::vector<const Endpoint*> out;
  for (const Endpoint& endpoint : plan.deployment.endpoints) out.push_back(&endpoint);
  std::ranges::stable_sort(out, std::ranges::greater{}, [](const Endpoint* e) {
    return std::pair(e->glob.find('*'), e->glob.size());
  });
  return out;
}

std::vector<std::string_view> operations_of(const Endpoint& endpoint) {
  struct Row {
    std::string_view accepts;
    std::vector<std::string_view> operations;
  };
  static const Row rows[] = {{"messages", {"chat"}},
                             {"gemini", {"chat", "embedding", "models"}},
                             {"mcp", {"tool", "none"}},
                             {"json", {"none"}},
                             {"any", {"none"}}};
  const auto* row = std::ranges::find(rows, endpoint.accepts, &Row::accepts);
  if (row != std::end(rows)) return row->operations;
  return {endpoint.accepts};
}

void serve_prompts(plan::Plan& plan) {
  for (const plan::Prompt& prompt : plan.deployment.prompts) {
    plan.deployment.endpoints.push_back({"/v1/prompts/" + prompt.name, "chat",
                                         plan.deployment.models[prompt.model].name, {}});
  }
}

}  // namespace aipol::prove
