#include "compiler/prove/for_target.h"

#include <algorithm>

#include "compiler/prove/declared.h"

namespace aipol::prove {

using plan::NodeId;
using plan::Op;
using plan::Rep;

namespace {

bool of_target(const plan::Source& source) { return source.path.starts_with("target."); }

}  // namespace

ForTarget::ForTarget(Terms& terms, Shape& shape, Evaluator& evaluator, std::optional<size_t> model)
    : terms_(terms), shape_(shape), evaluator_(evaluator), model_(model) {
  declared_ = model ? declared_world(shape, shape.target_group(), *model)
                    : unknown_world(shape, shape.target_group());
}

bool ForTarget::reads(Shape& shape, NodeId node) {
  return std::ranges::any_of(shape.sources(node), [&](plan::SourceId source) {
    return of_target(shape.plan().sources[source]);
  });
}

NodeId ForTarget::of(NodeId node) {
  auto [it, fresh] = made_.try_emplace(node, node);
  if (!fresh) return it->second;
  NodeId made = reads(shape_, node) ? make(node) : node;
  return made_[node] = made;
}

// Whether it depends on nothing but what is declared of the target.
bool ForTarget::is_known(NodeId node) {
  const plan::Node& n = shape_.plan().code[node];
  bool plain =
      n.rep == Rep::boolean || n.rep == Rep::integer || n.rep == Rep::real || n.rep == Rep::text;
  return plain && !shape_.reads_item(node) &&
         std::ranges::all_of(shape_.sources(node), [&](plan::SourceId source) {
           return declared_.contains(source);
         });
}

NodeId ForTarget::read(const plan::Node& node) {
  plan::Source source = shape_.plan().sources[node.payload];
  auto declared = declared_.find(node.payload);
  bool known = declared != declared_.end();
  if (known && node.op == Op::has)
    return terms_.truth(!source.optional || declared->second.has_value());
  if (known) return terms_.constant(declared->second.value_or(zero_of(source)), node.rep);
  // How it does at the moment; of no target nothing.
  if (!model_) return terms_.constant(zero_of(source), node.rep);
  source.key = shape_.plan().deployment.models[*model_].name;
  return terms_.read(terms_.source(std::move(source)));
}

NodeId ForTarget::make(NodeId node) {
  plan::Node n = shape_.plan().code[node];
  if (is_known(node)) return terms_.constant(evaluator_.value(node, declared_), n.rep);
  bool leaf = n.op == Op::source || n.op == Op::has;
  if (leaf) return of_target(shape_.plan().sources[n.payload]) ? read(n) : node;
  std::vector<NodeId> arguments;
  for (NodeId argument : shape_.plan().code.arguments(node)) arguments.push_back(of(argument));
  return terms_.add(n, std::move(arguments));
}

}  // namespace aipol::prove
