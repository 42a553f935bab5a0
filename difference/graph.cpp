#include "difference/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/prove/producible.h"
#include "plan/loops.h"

namespace aipol::difference {

using plan::Constant;
using plan::NodeId;
using plan::Op;
using plan::Rep;

Graph::Graph(const plan::Plan& before, const plan::Plan& after,
             const std::set<std::string>& changed_documents)
    : plans_{&before, &after},
      enumerations_(before, after),
      models_(before, after, enumerations_),
      changed_documents_(changed_documents),
      terms_(plan_) {
  plan_.enumerations = enumerations_.all();
  plan_.deployment = models_.merged();
  plan_.documents = after.documents;
  for (const plan::Document& document : before.documents) {
    auto same = [&](const plan::Document& one) { return one.name == document.name; };
    if (std::ranges::none_of(plan_.documents, same)) plan_.documents.push_back(document);
  }
  for (const plan::Document& document : after.documents) {
    if (!changed_documents.contains(document.name)) continue;
    plan_.documents.push_back(document);
    plan_.documents.back().name += '>';
  }
  prove::serve_prompts(plan_);
  terms_.source("model.name", Rep::text);
  meanings_.before.resize(before.meters.size());
  meanings_.after.resize(after.meters.size());
}

NodeId Graph::node(Side side, NodeId node, uint32_t enumeration) {
  if (node == plan::no_node) return node;
  auto found = made_[side].find({node, enumeration});
  if (found != made_[side].end()) return found->second;
  NodeId made = make(side, node, enumeration);
  made_[side].emplace(std::pair(node, enumeration), made);
  return made;
}

// The enum whose members a node's values are, as far as its sources tell.
uint32_t Graph::enumeration_of(Side side, NodeId node) const {
  const plan::Plan& plan = *plans_[side];
  const plan::Node& n = plan.code[node];
  auto of = [&](size_t argument) {
    return enumeration_of(side, plan.code.argument(node, argument));
  };
  switch (n.op) {
    case Op::source:
      return plan.sources[n.payload].enumeration;
    case Op::select: {
      uint32_t first = of(1);
      return first == ~0u ? of(2) : first;
    }
    case Op::item:
    case Op::list:
      return n.count == 0 ? ~0u : of(0);
    default:
      return ~0u;
  }
}

NodeId Graph::constant(Side side, const plan::Node& node, uint32_t enumeration) {
  const Constant& value = plans_[side]->constants[node.payload];
  return terms_.constant(enumerations_.value(side, enumeration, value), node.rep);
}

NodeId Graph::make(Side side, NodeId node, uint32_t enumeration) {
  const plan::Plan& plan = *plans_[side];
  plan::Node n = plan.code[node];
  if (n.op == Op::constant) return constant(side, n, enumeration);
  if (n.op == Op::source || n.op == Op::has) return read(side, n);
  if (n.op == Op::call) {
    if (plan.natives[n.payload].starts_with("detect.")) return detecting(side, node);
    n.payload = native(plan.natives[n.payload]);
  }
  // Values that are compared are of one enum.
  bool compares = n.rep == Rep::boolean && n.count == 2 && !plan::is_loop(n.op);
  std::vector<NodeId> arguments;
  for (size_t i = 0; i < n.count; ++i) {
    NodeId argument = plan.code.argument(node, i);
    uint32_t of = ~0u;
    if (compares) {
      of = enumeration_of(side, argument);
      if (of == ~0u) of = enumeration_of(side, plan.code.argument(node, 1 - i));
    }
    bool same = n.op == Op::list || (n.op == Op::select && i > 0);
    arguments.push_back(this->node(side, argument, same ? enumeration : of));
  }
  if (n.op == Op::logical_and || n.op == Op::logical_or) arguments = in_order(n.op, arguments);
  return terms_.add(n, std::move(arguments));
}

// What is joined is the same in any order, and with brackets or without.
std::vector<NodeId> Graph::in_order(Op op, const std::vector<NodeId>& arguments) const {
  std::vector<NodeId> out;
  for (NodeId argument : arguments) {
    if (plan_.code[argument].op != op) {
      out.push_back(argument);
      continue;
    }
    for (NodeId inner : plan_.code.arguments(argument)) out.push_back(inner);
  }
  std::ranges::sort(out);
  return out;
}

uint32_t Graph::native(const std::string& symbol) {
  auto [it, fresh] = natives_.try_emplace(symbol, static_cast<uint32_t>(plan_.natives.size()));
  if (fresh) plan_.natives.push_back(symbol);
  return it->second;
}

uint32_t Graph::detector(Side side, uint32_t own) {
  const plan::Detector& wanted = plans_[side]->detectors[own];
  auto found = std::ranges::find(plan_.detectors, wanted);
  auto number = static_cast<uint32_t>(found - plan_.detectors.begin());
  if (found == plan_.detectors.end()) plan_.detectors.push_back(wanted);
  return number;
}

// The last argument names detectors by their numbers.
NodeId Graph::detecting(Side side, NodeId node) {
  const plan::Plan& plan = *plans_[side];
  plan::Node n = plan.code[node];
  n.payload = native(plan.natives[n.payload]);
  std::vector<NodeId> arguments;
  for (NodeId argument : plan.code.arguments(node)) arguments.push_back(this->node(side, argument));
  const plan::Node& last = plan.code[plan.code.argument(node, n.count - 1)];
  if (last.op == Op::constant) {
    std::vector<int64_t> numbers;
    for (int64_t own : std::get<std::vector<int64_t>>(plan.constants[last.payload]))
      numbers.push_back(detector(side, static_cast<uint32_t>(own)));
    std::ranges::sort(numbers);
    arguments.back() = terms_.constant(std::move(numbers), last.rep);
  }
  return terms_.add(n, std::move(arguments));
}

}  // namespace aipol::difference
