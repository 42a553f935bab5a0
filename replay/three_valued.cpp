#include "replay/three_valued.h"

#include <algorithm>

namespace aipol::replay {

using plan::NodeId;
using plan::Op;
using plan::SourceId;

ThreeValued::ThreeValued(const plan::Plan& plan)
    : plan_(plan),
      interpreter_(plan),
      unknown_(plan.sources.size()),
      depends_(plan.code.size(), -1) {}

void ThreeValued::begin(std::span<const SourceId> unknown) {
  if (std::ranges::equal(listed_, unknown)) return;
  for (SourceId source : listed_) unknown_[source] = false;
  listed_.assign(unknown.begin(), unknown.end());
  for (SourceId source : listed_) unknown_[source] = true;
  for (NodeId node : looked_) depends_[node] = -1;
  looked_.clear();
}

void ThreeValued::look_at(const plan::Facts& facts) { facts_ = &facts; }

bool ThreeValued::depends(NodeId node) {
  if (depends_[node] >= 0) return depends_[node] != 0;
  const plan::Node& at = plan_.code[node];
  bool reads = at.op == Op::source || at.op == Op::has;
  bool found = reads ? unknown_[at.payload]
                     : std::ranges::any_of(plan_.code.arguments(node),
                                           [&](NodeId argument) { return depends(argument); });
  depends_[node] = static_cast<int8_t>(found);
  looked_.push_back(node);
  return found;
}

void ThreeValued::add_missing(NodeId node, std::set<SourceId>& missing) {
  if (!depends(node)) return;
  const plan::Node& at = plan_.code[node];
  if (at.op == Op::source || at.op == Op::has) missing.insert(at.payload);
  for (NodeId argument : plan_.code.arguments(node)) add_missing(argument, missing);
}

// `decides`: the truth of one operand that is the truth of all.
Truth ThreeValued::all_of(NodeId node, Truth decides, std::set<SourceId>& missing) {
  bool unknown = false;
  std::set<SourceId> wanted;
  for (NodeId operand : plan_.code.arguments(node)) {
    Truth one = truth(operand, wanted);
    if (one == decides) return decides;
    unknown = unknown || one == Truth::unknown;
  }
  if (!unknown) return decides == Truth::no ? Truth::yes : Truth::no;
  missing.merge(wanted);
  return Truth::unknown;
}

Truth ThreeValued::judged(NodeId node, std::set<SourceId>& missing) {
  auto argument = [&](size_t i) { return plan_.code.argument(node, i); };
  switch (plan_.code[node].op) {
    case Op::logical_not: {
      Truth one = truth(argument(0), missing);
      return one == Truth::unknown ? one : one == Truth::yes ? Truth::no : Truth::yes;
    }
    case Op::logical_and:
      return all_of(node, Truth::no, missing);
    case Op::logical_or:
      return all_of(node, Truth::yes, missing);
    case Op::select: {
      std::set<SourceId> wanted;
      Truth chosen = truth(argument(0), wanted);
      if (chosen != Truth::unknown) return truth(argument(chosen == Truth::yes ? 1 : 2), missing);
      Truth one = truth(argument(1), wanted), other = truth(argument(2), wanted);
      if (one == other && one != Truth::unknown) return one;
      missing.merge(wanted);
      return Truth::unknown;
    }
    case Op::any_of:
    case Op::all_of:
      // Over no items, whatever would be asked of them.
      if (!depends(argument(0)) && interpreter_.value(argument(0), *facts_).b == 0)
        return plan_.code[node].op == Op::all_of ? Truth::yes : Truth::no;
      break;
    default:
      break;
  }
  add_missing(node, missing);
  return Truth::unknown;
}

Truth ThreeValued::truth(NodeId node, std::set<SourceId>& missing) {
  if (depends(node)) return judged(node, missing);
  return interpreter_.value(node, *facts_).a != 0 ? Truth::yes : Truth::no;
}

}  // namespace aipol::replay
