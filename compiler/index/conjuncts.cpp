#include "compiler/index/conjuncts.h"

#include <algorithm>
#include <set>

namespace aipol::compiler {

using plan::Op;

namespace {

class Splitter {
 public:
  explicit Splitter(const plan::Plan& plan) : plan_(plan) {}

  void split(Conjunct conjunct) {
    if (!seen_.insert(conjunct).second) return;
    const plan::Node& node = plan_.code[conjunct.node];
    if (node.op == Op::logical_not) {
      split({plan_.code.argument(conjunct.node, 0), !conjunct.negated});
    } else if (node.op == (conjunct.negated ? Op::logical_or : Op::logical_and)) {
      for (plan::NodeId part : plan_.code.arguments(conjunct.node)) split({part, conjunct.negated});
    } else if (node.op == Op::constant) {
      result.never |= std::get<bool>(plan_.constants[node.payload]) == conjunct.negated;
    } else {
      result.all.push_back(conjunct);
    }
  }

  Conjuncts result;

 private:
  const plan::Plan& plan_;
  std::set<Conjunct> seen_;
};

struct Reader {
  const plan::Plan& plan;
  Values& values;

  const plan::Node& argument(plan::NodeId node, size_t i) const { return plan.code[plan.code.argument(node, i)]; }
  bool source(plan::NodeId node, size_t i) const { return argument(node, i).op == Op::source; }
  bool constant(plan::NodeId node, size_t i) const { return argument(node, i).op == Op::constant; }

  SetTest test(plan::NodeId node, size_t source_at) const {
    const plan::Node& source = argument(node, source_at);
    bool single = source.rep == plan::Rep::text || source.rep == plan::Rep::integer;
    return {.source = source.payload, .single = single, .values = {}};
  }

  std::optional<SetTest> with_member(plan::NodeId node, size_t source_at) const {
    SetTest result = test(node, source_at);
    result.values = {values.whole(argument(node, 1 - source_at).payload)};
    return result;
  }

  std::optional<SetTest> with_members(plan::NodeId node, size_t source_at, bool all = false) const {
    SetTest result = test(node, source_at);
    auto members = values.members(argument(node, 1 - source_at).payload);
    result.values.assign(members.begin(), members.end());
    result.all = all;
    return result;
  }

  std::optional<SetTest> matching(plan::NodeId node, plan::Domain::Kind kind, ValueId value) const {
    return SetTest{.kind = kind, .source = argument(node, 0).payload, .values = {value}};
  }

  std::optional<SetTest> equality(plan::NodeId node) const {
    size_t at = source(node, 0) ? 0 : 1;
    if (!source(node, at) || !constant(node, 1 - at) || !test(node, at).single) return {};
    return with_member(node, at);
  }
};

}  // namespace

Conjuncts conjuncts_of(const plan::Plan& plan, plan::NodeId guard) {
  Splitter splitter(plan);
  splitter.split({guard, false});
  return std::move(splitter.result);
}

std::optional<SetTest> set_test(const plan::Plan& plan, Values& values, plan::NodeId node) {
  Reader read{plan, values};
  Op op = plan.code[node].op;
  if (op == Op::equal) return read.equality(node);
  if (plan.code[node].count != 2) return {};
  if (op == Op::has_member && read.constant(node, 0) && read.source(node, 1)) return read.with_members(node, 1);
  if (op == Op::intersects && read.constant(node, 0) && read.source(node, 1)) return read.with_members(node, 1);
  if (!read.source(node, 0) || !read.constant(node, 1)) return {};
  uint32_t constant = read.argument(node, 1).payload;
  switch (op) {
    case Op::has_member: return read.with_member(node, 0);
    case Op::in_set:
    case Op::intersects: return read.with_members(node, 0);
    case Op::contains_all: return read.with_members(node, 0, true);
    case Op::in_network: return read.matching(node, plan::Domain::Kind::networks, values.whole(constant));
    case Op::on_path: return read.matching(node, plan::Domain::Kind::paths, values.whole(constant));
    case Op::like:
      return read.matching(node, plan::Domain::Kind::paths,
                           values.id(std::vector{std::get<std::string>(plan.constants[constant])}));
    default: return {};
  }
}

bool serves_as_key(const SetTest& test) {
  return !test.values.empty() && (test.single || test.values.size() == 1);
}

}  // namespace aipol::compiler
