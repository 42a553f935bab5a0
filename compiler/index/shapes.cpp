#include "compiler/index/shapes.h"

#include <bit>

namespace aipol::compiler {

using plan::Column;
using plan::NodeId;
using plan::Op;
using plan::Parameter;
using plan::Rep;

const std::optional<SetTest>& Abstraction::test_of(NodeId node) {
  auto [it, fresh] = tests_.try_emplace(node);
  if (fresh) it->second = set_test(plan_, values_, node);
  return it->second;
}

namespace {

// Tests that compare values as quickly as numbers would.
bool by_value(const plan::Plan& plan, NodeId node, const SetTest& test) {
  if (test.kind == plan::Domain::Kind::networks) return true;
  return plan.code[node].op == Op::equal && plan.sources[test.source].rep == Rep::integer;
}

bool by_symbol(const plan::Plan& plan, NodeId node) { return plan.code[node].op == Op::equal; }

}  // namespace

void Abstraction::survey(NodeId node) {
  if (surveyed_.size() < plan_.code.size()) surveyed_.resize(plan_.code.size());
  if (surveyed_[node]) return;
  surveyed_[node] = true;
  for (NodeId argument : plan_.code.arguments(node)) survey(argument);
  const auto& test = test_of(node);
  if (test && !by_value(plan_, node, *test) && !by_symbol(plan_, node)) domains_.want_mask(*test);
}

const Abstract& Abstraction::abstract(Conjunct conjunct) {
  auto [it, fresh] = abstracts_.try_emplace(uint64_t{conjunct.node} << 1 | conjunct.negated);
  if (!fresh) return it->second;
  current_ = &it->second;
  rewritten_.clear();
  NodeId node = rewrite(conjunct.node);
  current_->node = conjunct.negated ? layout_.code.add(Op::logical_not, Rep::boolean, 0, std::array{node}) : node;
  return it->second;
}

NodeId Abstraction::parameter(Parameter::Kind kind, uint64_t operand, Rep rep) {
  uint32_t word = current_->words;
  current_->parameters.push_back({kind, word});
  current_->operands.push_back(operand);
  current_->words += plan::words_of(kind);
  return layout_.code.add(Op::parameter, rep, word);
}

NodeId Abstraction::rewrite(NodeId node) {
  auto known = rewritten_.find(node);
  if (known != rewritten_.end()) return known->second;
  NodeId result = rewrite_anew(node);
  rewritten_.emplace(node, result);
  return result;
}

NodeId Abstraction::rewrite_anew(NodeId id) {
  const plan::Node& node = plan_.code[id];
  if (const auto& test = test_of(id); test && !by_value(plan_, id, *test)) {
    if (!by_symbol(plan_, id)) return rewrite_test(*test);
    NodeId symbol = layout_.code.add(Op::symbol, Rep::integer, domains_.column(*test, Column::Kind::symbol));
    NodeId number = parameter(Parameter::Kind::word, domains_.number(*test, test->values[0]), Rep::integer);
    return layout_.code.add(Op::equal, Rep::boolean, 0, std::array{symbol, number});
  }
  switch (node.op) {
    case Op::constant: return rewrite_constant(id);
    case Op::source: return layout_.code.add(Op::source, node.rep, domains_.column({Column::Kind::value, node.payload}));
    case Op::has: return layout_.code.add(Op::has, node.rep, domains_.column({Column::Kind::present, node.payload}));
    case Op::on_path:
    case Op::like: return rewrite_match(id, Parameter::Kind::globs);
    case Op::matches: return rewrite_match(id, Parameter::Kind::regex);
    case Op::in_range: return rewrite_match(id, Parameter::Kind::range);
    case Op::in_network: return rewrite_match(id, Parameter::Kind::network);
    default: break;
  }
  std::vector<NodeId> arguments;
  for (NodeId argument : plan_.code.arguments(id)) arguments.push_back(rewrite(argument));
  return layout_.code.add(node.op, node.rep, node.payload, arguments);
}

NodeId Abstraction::rewrite_test(const SetTest& test) {
  if (auto mask = domains_.mask(test)) {
    NodeId bits = layout_.code.add(Op::mask, Rep::integer, domains_.column(test, Column::Kind::mask));
    NodeId wanted = parameter(Parameter::Kind::word, *mask, Rep::integer);
    return layout_.code.add(test.all ? Op::mask_covers : Op::mask_meets, Rep::boolean, 0, std::array{bits, wanted});
  }
  uint32_t column = domains_.column(test, Column::Kind::symbols);
  NodeId wanted = parameter(Parameter::Kind::numbers, domains_.number_list(test), Rep::integers);
  return layout_.code.add(test.all ? Op::numbers_cover : Op::numbers_meet, Rep::boolean, column, std::array{wanted});
}

// The constant behind the match is no value that code could hold.
NodeId Abstraction::rewrite_match(NodeId id, Parameter::Kind kind) {
  const plan::Node& node = plan_.code[id];
  NodeId value = rewrite(plan_.code.argument(id, 0));
  NodeId wanted = parameter(kind, plan_.code[plan_.code.argument(id, 1)].payload, Rep::integer);
  return layout_.code.add(node.op, node.rep, 0, std::array{value, wanted});
}

NodeId Abstraction::rewrite_constant(NodeId id) {
  const plan::Node& node = plan_.code[id];
  const plan::Constant& constant = plan_.constants[node.payload];
  switch (node.rep) {
    case Rep::boolean: return parameter(Parameter::Kind::word, std::get<bool>(constant), node.rep);
    case Rep::integer:
      return parameter(Parameter::Kind::word, static_cast<uint64_t>(std::get<int64_t>(constant)), node.rep);
    case Rep::real: return parameter(Parameter::Kind::word, std::bit_cast<uint64_t>(std::get<double>(constant)), node.rep);
    case Rep::text: return parameter(Parameter::Kind::text, node.payload, node.rep);
    case Rep::ip: return parameter(Parameter::Kind::ip, node.payload, node.rep);
    default: return parameter(Parameter::Kind::list, node.payload, node.rep);
  }
}

}  // namespace aipol::compiler
