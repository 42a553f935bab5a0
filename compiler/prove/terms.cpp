#include "compiler/prove/terms.h"

#include <algorithm>
#include <set>

namespace aipol::prove {

using plan::Constant;
using plan::NodeId;
using plan::Op;
using plan::Rep;

Terms::Terms(plan::Plan& plan) : plan_(plan) {
  for (uint32_t i = 0; i < plan.constants.size(); ++i) constants_.emplace(plan.constants[i], i);
}

NodeId Terms::constant(const Constant& value, Rep rep) {
  auto [it, fresh] = constants_.try_emplace(value, static_cast<uint32_t>(plan_.constants.size()));
  if (fresh) plan_.constants.push_back(value);
  return plan_.code.add(Op::constant, rep, it->second);
}

NodeId Terms::read(SourceId source) {
  return plan_.code.add(Op::source, plan_.sources[source].rep, source);
}

NodeId Terms::has(SourceId source) {
  if (!plan_.sources[source].optional) return truth(true);
  return plan_.code.add(Op::has, Rep::boolean, source);
}

NodeId Terms::equal(NodeId a, NodeId b) {
  return plan_.code.add(Op::equal, Rep::boolean, 0, std::vector{a, b});
}

bool Terms::is_truth(NodeId node, bool value) const {
  const plan::Node& n = plan_.code[node];
  return n.op == Op::constant && plan_.constants[n.payload] == Constant(value);
}

NodeId Terms::negation(NodeId a) {
  if (is_truth(a, true)) return truth(false);
  if (is_truth(a, false)) return truth(true);
  if (plan_.code[a].op == Op::logical_not) return plan_.code.argument(a, 0);
  return plan_.code.add(Op::logical_not, Rep::boolean, 0, std::vector{a});
}

NodeId Terms::joined(const std::vector<NodeId>& parts, bool all) {
  std::vector<NodeId> kept;
  std::set<NodeId> seen;
  for (NodeId part : parts) {
    if (is_truth(part, !all)) return truth(!all);
    if (!is_truth(part, all) && seen.insert(part).second) kept.push_back(part);
  }
  if (kept.empty()) return truth(all);
  if (kept.size() == 1) return kept[0];
  return plan_.code.add(all ? Op::logical_and : Op::logical_or, Rep::boolean, 0, kept);
}

NodeId Terms::on_path(SourceId path, std::vector<std::string> globs) {
  std::ranges::sort(globs);
  std::vector arguments = {read(path), constant(std::move(globs), Rep::texts)};
  return plan_.code.add(Op::on_path, Rep::boolean, 0, arguments);
}

NodeId Terms::add(plan::Node like, std::vector<NodeId> arguments) {
  switch (like.op) {
    case Op::logical_not:
      return negation(arguments[0]);
    case Op::logical_and:
      return all(arguments);
    case Op::logical_or:
      return any(arguments);
    case Op::select:
      if (is_truth(arguments[0], true)) return arguments[1];
      if (is_truth(arguments[0], false)) return arguments[2];
      break;
    default:
      break;
  }
  return plan_.code.add(like.op, like.rep, like.payload, arguments);
}

std::optional<plan::SourceId> Terms::find(std::string_view path) const {
  auto found = std::ranges::find(plan_.sources, path, &plan::Source::path);
  if (found == plan_.sources.end()) return std::nullopt;
  return static_cast<SourceId>(found - plan_.sources.begin());
}

plan::SourceId Terms::source(plan::Source source) {
  auto same = [&](const plan::Source& s) { return s.path == source.path && s.key == source.key; };
  auto found = std::ranges::find_if(plan_.sources, same);
  auto number = static_cast<SourceId>(found - plan_.sources.begin());
  if (found == plan_.sources.end()) plan_.sources.push_back(std::move(source));
  return number;
}

plan::SourceId Terms::source(std::string path, Rep rep, std::string_view enumeration) {
  plan::Source made;
  made.path = std::move(path);
  made.rep = rep;
  auto found = std::ranges::find(plan_.enumerations, enumeration, &plan::Enumeration::name);
  if (found != plan_.enumerations.end())
    made.enumeration = static_cast<uint32_t>(found - plan_.enumerations.begin());
  return source(std::move(made));
}

}  // namespace aipol::prove
