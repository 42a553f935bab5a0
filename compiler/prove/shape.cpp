#include "compiler/prove/shape.h"

#include <algorithm>
#include <set>

#include "compiler/prove/samples.h"

namespace aipol::prove {

using plan::Op;

namespace {

// What an upstream is at the moment; the rest of a target is as declared.
bool of_moment(std::string_view path) {
  constexpr std::string_view paths[] = {"target.healthy", "target.latency_p95", "target.error_rate",
                                        "target.in_flight"};
  return std::ranges::find(paths, path) != std::end(paths);
}

}  // namespace

Shape::Shape(const plan::Plan& plan) : plan_(plan), open_(plan::open_levels(plan.code)) {
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    const std::string& path = plan.sources[id].path;
    bool model = path.starts_with("model.") || path.starts_with("provider.");
    bool target = path.starts_with("target.") && !of_moment(path);
    groups_.push_back(model ? model_group() : target ? target_group() : id);
  }
}

Shape::Parts Shape::parts(Literal literal) const {
  using enum Parts::Kind;
  const plan::Node& node = plan_.code[literal.node];
  auto arguments = plan_.code.arguments(literal.node);
  Parts out;
  if (node.op == Op::logical_not) return {all, {{{arguments[0], !literal.wanted}}}};
  if (node.op == Op::logical_and || node.op == Op::logical_or) {
    out.kind = (node.op == Op::logical_and) == literal.wanted ? all : any;
    for (plan::NodeId part : arguments) out.parts.push_back({{part, literal.wanted}});
  } else if (node.op == Op::select) {
    out.kind = any;
    out.parts = {{{arguments[0], true}, {arguments[1], literal.wanted}},
                 {{arguments[0], false}, {arguments[2], literal.wanted}}};
  } else if (const plan::Constant* value = constant(literal.node)) {
    // What is so is all of nothing; what is not so is any of nothing.
    out.kind = std::get<bool>(*value) == literal.wanted ? all : any;
  }
  return out;
}

const std::vector<plan::SourceId>& Shape::sources(plan::NodeId node) {
  auto [it, fresh] = sources_.try_emplace(node);
  if (!fresh) return it->second;
  std::set<plan::SourceId> found;
  for (plan::NodeId part : parts_of(node)) {
    const plan::Node& n = plan_.code[part];
    if (n.op == Op::source || n.op == Op::has) found.insert(n.payload);
  }
  it->second.assign(found.begin(), found.end());
  return it->second;
}

std::vector<uint32_t> Shape::constants(plan::NodeId node) const {
  std::vector<uint32_t> out;
  for (plan::NodeId part : parts_of(node)) {
    if (plan_.code[part].op == Op::constant) out.push_back(plan_.code[part].payload);
  }
  return out;
}

std::vector<plan::NodeId> Shape::parts_of(plan::NodeId node) const {
  std::set<plan::NodeId> seen;
  std::vector<plan::NodeId> left = {node};
  while (!left.empty()) {
    plan::NodeId next = left.back();
    left.pop_back();
    if (!seen.insert(next).second) continue;
    for (plan::NodeId argument : plan_.code.arguments(next)) left.push_back(argument);
  }
  return {seen.begin(), seen.end()};
}

bool Shape::calls(plan::NodeId node, std::string_view symbol) const {
  return std::ranges::any_of(parts_of(node), [&](plan::NodeId part) {
    const plan::Node& n = plan_.code[part];
    return n.op == Op::call && plan_.natives[n.payload] == symbol;
  });
}

GroupId Shape::group_of_leaf(plan::NodeId leaf) {
  const auto& read = sources(leaf);
  if (read.empty()) return none;
  GroupId first = group(read[0]);
  bool one = std::ranges::all_of(read, [&](plan::SourceId s) { return group(s) == first; });
  return one ? first : many;
}

std::vector<plan::NodeId> Shape::leaves(const Goal& goal) const {
  std::set<plan::NodeId> seen, found;
  Goal left = goal;
  while (!left.empty()) {
    Literal literal = left.back();
    left.pop_back();
    if (!seen.insert(literal.node).second) continue;
    Parts made = parts(literal);
    if (made.kind == Parts::Kind::leaf) found.insert(literal.node);
    for (const Goal& part : made.parts) left.insert(left.end(), part.begin(), part.end());
  }
  return {found.begin(), found.end()};
}

const std::vector<std::string>& Shape::found_by(uint32_t detector) {
  auto [it, fresh] = found_by_.try_emplace(detector);
  if (fresh) it->second = samples_of(plan_.detectors[detector]);
  return it->second;
}

const std::vector<std::string>& Shape::matched_by(uint32_t constant) {
  auto [it, fresh] = matched_by_.try_emplace(constant);
  if (fresh) it->second = samples_of(std::get<std::string>(plan_.constants[constant]));
  return it->second;
}

std::optional<plan::SourceId> Shape::find(std::string_view path) const {
  auto found = std::ranges::find(plan_.sources, path, &plan::Source::path);
  if (found == plan_.sources.end()) return std::nullopt;
  return static_cast<plan::SourceId>(found - plan_.sources.begin());
}

const plan::Constant* Shape::constant(plan::NodeId node) const {
  const plan::Node& n = plan_.code[node];
  return n.op == Op::constant ? &plan_.constants[n.payload] : nullptr;
}

}  // namespace aipol::prove
