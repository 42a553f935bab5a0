#include "compiler/planner/renumber.h"

#include <utility>

namespace aipol::planner {

namespace {

using plan::NodeId;
using plan::Op;

constexpr uint32_t unnumbered = ~0u;

// A list whose members get new numbers when they are first named.
template <class T>
class Renumbered {
 public:
  explicit Renumbered(std::vector<T>& list) : list_(list), numbers_(list.size(), unnumbered) {}

  uint32_t operator()(uint32_t old) {
    if (numbers_[old] == unnumbered) {
      numbers_[old] = static_cast<uint32_t>(named_.size());
      named_.push_back(std::move(list_[old]));
    }
    return numbers_[old];
  }
  void settle() { list_ = std::move(named_); }

 private:
  std::vector<T>& list_;
  std::vector<T> named_;
  std::vector<uint32_t> numbers_;
};

class Numbering {
 public:
  explicit Numbering(plan::Plan& plan)
      : plan_(plan),
        sources_(plan.sources),
        constants_(plan.constants),
        natives_(plan.natives),
        numbers_(plan.code.size(), plan::no_node) {
    nodes_.reserve(plan.code.size());
    arguments_.reserve(plan.code.all_arguments().size());
  }

  void run() {
    for (plan::Meter& meter : plan_.meters) {
      for (NodeId& key : meter.keys) name(key);
      name(meter.where);
      name(meter.sum);
    }
    for (plan::Question& question : plan_.questions) {
      question.source = sources_(question.source);
      name(question.text);
    }
    for (plan::Statement& statement : plan_.statements) name(statement);
    sources_.settle();
    constants_.settle();
    natives_.settle();
    plan_.code = plan::Code(std::move(nodes_), std::move(arguments_));
  }

 private:
  void name(plan::Statement& statement) {
    name(statement.guard);
    name(statement.message);
    for (plan::Condition& condition : statement.conditions) name(condition.node);
    for (plan::Argument& argument : statement.arguments) {
      for (NodeId& value : argument.values) name(value);
    }
  }

  void name(NodeId& node) {
    if (node != plan::no_node) node = numbered(node);
  }

  // As planner::Nodes::node: arguments, then the payload, then the node itself.
  NodeId numbered(NodeId old) {
    if (numbers_[old] != plan::no_node) return numbers_[old];
    for (NodeId argument : plan_.code.arguments(old)) numbered(argument);
    plan::Node node = plan_.code[old];
    node.payload = payload(node);
    node.first = static_cast<uint32_t>(arguments_.size());
    for (NodeId argument : plan_.code.arguments(old)) arguments_.push_back(numbers_[argument]);
    nodes_.push_back(node);
    return numbers_[old] = static_cast<NodeId>(nodes_.size() - 1);
  }

  uint32_t payload(const plan::Node& node) {
    switch (node.op) {
      case Op::constant:
        return constants_(node.payload);
      case Op::source:
      case Op::has:
        return sources_(node.payload);
      case Op::call:
        return natives_(node.payload);
      default:
        return node.payload;
    }
  }

  plan::Plan& plan_;
  Renumbered<plan::Source> sources_;
  Renumbered<plan::Constant> constants_;
  Renumbered<std::string> natives_;
  std::vector<NodeId> numbers_;  // by old number
  std::vector<plan::Node> nodes_;
  std::vector<NodeId> arguments_;
};

}  // namespace

void renumber(plan::Plan& plan) { Numbering(plan).run(); }

}  // namespace aipol::planner
