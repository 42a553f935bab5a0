#include "compiler/prove/chooser.h"

#include <algorithm>

#include "base/text.h"
#include "compiler/prove/candidates.h"
#include "compiler/prove/declared.h"
#include "compiler/prove/text_tests.h"
#include "plan/ip.h"
#include "stdlib/native/glob.h"

namespace aipol::prove {

using plan::Constant;
using plan::Op;
using Kind = Choice::Kind;

bool Chooser::served(const std::string& path) {
  auto [it, fresh] = served_.try_emplace(path);
  if (fresh) {
    it->second =
        std::ranges::any_of(shape_.plan().deployment.endpoints, [&](const plan::Endpoint& e) {
          std::string_view fixed(e.glob);
          fixed = fixed.substr(0, std::min(fixed.find('*'), fixed.size()));
          if (fixed.ends_with('/')) fixed.remove_suffix(1);  // `/a/**` matches `/a`
          return path.starts_with(fixed) && native::Glob(e.glob).matches(path);
        });
  }
  return it->second;
}

Choice Chooser::choose(GroupId group, Goal literals, const World& hint) {
  std::ranges::sort(literals);
  auto rest = std::ranges::unique(literals);
  literals.erase(rest.begin(), rest.end());
  if (group < shape_.plan().sources.size()) {
    auto given = hint.find(group);
    if (given != hint.end() && suits(group, given->second, literals))
      return {Kind::found, {*given}};
  }
  auto [it, fresh] = known_.try_emplace({group, literals});
  if (fresh) it->second = choose_fresh(group, literals);
  return it->second;
}

Choice Chooser::choose_fresh(GroupId group, const Goal& literals) {
  if (group < shape_.plan().sources.size()) return of_source(group, literals);
  Choice declared = of_declared(group, literals);
  if (declared.kind == Kind::found || group == shape_.target_group()) return declared;
  return of_unknown_model(literals);
}

bool Chooser::suits(plan::SourceId source, const std::optional<Constant>& value,
                    const Goal& literals) {
  if (is_path(source) && (!value || !served(std::get<std::string>(*value)))) return false;
  return evaluator_.holds(literals, {{source, value}});
}

Choice Chooser::of_source(plan::SourceId source, const Goal& literals) {
  const plan::Source& what = shape_.plan().sources[source];
  auto found = [&](std::optional<Constant> value) {
    return Choice{Kind::found, {{source, std::move(value)}}};
  };
  bool member = what.rep == plan::Rep::integer && what.enumeration != ~0u;
  if (!member && suits(source, std::nullopt, literals)) return found(std::nullopt);
  std::vector<Constant> tries = candidates(shape_, source, literals);
  if (is_path(source)) {
    for (const plan::Endpoint& endpoint : shape_.plan().deployment.endpoints) {
      Pattern glob;
      glob.add_glob(endpoint.glob);
      tries.emplace_back(glob.samples()[0]);
      if (tries.size() > 64) break;
    }
  }
  for (Constant& value : tries) {
    if (suits(source, value, literals)) return found(std::move(value));
  }
  if (suits(source, std::nullopt, literals)) return found(std::nullopt);
  if (what.rep == plan::Rep::boolean) return {Kind::none, {}};
  if (what.rep == plan::Rep::text) return of_text(source, literals);
  if (what.rep == plan::Rep::ip) return of_address(source, literals);
  // A request may have a method that has no name here.
  bool beyond = what.path == "request.method" && suits(source, Constant(int64_t{-1}), literals);
  bool all_tried = member && tries.size() < most_candidates;
  return {all_tried && !beyond ? Kind::none : Kind::unknown, {}};
}

namespace {

// What no normalised path holds (runtime/context/path.h).
Pattern unnormalised() {
  Pattern out;
  for (std::string_view inside : {"//", "/./", "/../"}) out.add_around(true, inside, true);
  for (std::string_view last : {"/.", "/.."}) out.add_around(true, last, false);
  return out;
}

bool meet(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::ranges::any_of(some, [&](const std::string& a) {
    return std::ranges::any_of(others, [&](const std::string& b) {
      // `/a/**` matches `/a`: a slash behind a prefix is not certain.
      std::string_view x = a, y = b;
      if (x.ends_with('/')) x.remove_suffix(1);
      if (y.ends_with('/')) y.remove_suffix(1);
      return x.starts_with(y) || y.starts_with(x);
    });
  });
}

// The paths of the endpoints that may have one in common with each of the patterns.
Pattern endpoints(const plan::Plan& plan, const std::vector<Pattern>& in) {
  Pattern out;
  for (const plan::Endpoint& endpoint : plan.deployment.endpoints) {
    Pattern glob;
    glob.add_glob(endpoint.glob);
    auto prefixes = glob.prefixes();
    bool possible =
        std::ranges::all_of(in, [&](const Pattern& p) { return meet(prefixes, p.prefixes()); });
    if (possible) out.add_glob(endpoint.glob);
  }
  return out;
}

}  // namespace

Choice Chooser::of_text(plan::SourceId source, const Goal& literals) {
  std::vector<Pattern> in, out;
  for (Literal literal : literals) {
    bool presence = shape_.plan().code[literal.node].op == Op::has;
    if (presence && !literal.wanted) return {Kind::none, {}};  // absent was tried before
    if (auto pattern = pattern_of(shape_, literal.node))
      (literal.wanted ? in : out).push_back(std::move(*pattern));
  }
  if (is_path(source)) {
    in.push_back(endpoints(shape_.plan(), in));
    out.push_back(unnormalised());
  }
  if (in.empty()) in.emplace_back().add_around(true, "", false);
  TextFound found = find_text(in, out);
  if (found.kind == TextFound::Kind::none) return {Kind::none, {}};
  bool valid = found.kind == TextFound::Kind::found && !first_invalid_utf8(found.text);
  if (!valid || !suits(source, Constant(found.text), literals)) return {Kind::unknown, {}};
  return {Kind::found, {{source, Constant(std::move(found.text))}}};
}

namespace {

bool within(const plan::Network& inner, const plan::Network& outer) {
  return inner.prefix >= outer.prefix && plan::contains(outer, inner.address);
}

plan::Network half(plan::Network network, bool upper) {
  unsigned bit = network.prefix++;
  if (upper)
    (bit < 64 ? network.address.high : network.address.low) |= uint64_t{1} << (63 - bit % 64);
  return network;
}

// An address of the network that is in none of the others.
std::optional<plan::Ip> outside(const plan::Network& network,
                                const std::vector<plan::Network>& others) {
  std::vector<plan::Network> inside;
  for (const plan::Network& other : others) {
    if (within(network, other)) return std::nullopt;
    if (within(other, network)) inside.push_back(other);
  }
  if (inside.empty()) return network.address;
  for (bool upper : {true, false}) {
    if (auto ip = outside(half(network, upper), inside)) return ip;
  }
  return std::nullopt;
}

// The network that a leaf asks about.
std::optional<plan::Network> network_of(const Shape& shape, plan::NodeId leaf) {
  const plan::Node& node = shape.plan().code[leaf];
  if (node.op != Op::in_network && node.op != Op::equal) return std::nullopt;
  plan::NodeId source = shape.plan().code.argument(leaf, 0),
               constant = shape.plan().code.argument(leaf, 1);
  if (!shape.is_source(source)) std::swap(source, constant);
  const Constant* value = shape.constant(constant);
  if (!shape.is_source(source) || value == nullptr) return std::nullopt;
  if (auto* ip = std::get_if<plan::Ip>(value)) return plan::Network{*ip, 128};
  if (auto* network = std::get_if<plan::Network>(value)) return *network;
  return std::nullopt;
}

}  // namespace

// Networks are one in the other, or apart: what all of them have in common is the smallest.
Choice Chooser::of_address(plan::SourceId source, const Goal& literals) {
  plan::Network smallest;
  std::vector<plan::Network> others;
  for (Literal literal : literals) {
    if (shape_.plan().code[literal.node].op == Op::has && !literal.wanted) return {Kind::none, {}};
    auto network = network_of(shape_, literal.node);
    if (!network) continue;
    if (!literal.wanted)
      others.push_back(*network);
    else if (within(*network, smallest))
      smallest = *network;
    else if (!within(smallest, *network))
      return {Kind::none, {}};
  }
  auto ip = outside(smallest, others);
  if (!ip) return {Kind::none, {}};
  if (!suits(source, Constant(*ip), literals)) return {Kind::unknown, {}};
  return {Kind::found, {{source, Constant(*ip)}}};
}

void Chooser::restrict_targets(std::vector<size_t> models) {
  targets_ = std::move(models);
  std::erase_if(known_,
                [&](const auto& known) { return known.first.first == shape_.target_group(); });
}

Choice Chooser::of_declared(GroupId group, const Goal& literals) {
  for (size_t model = 0; model < shape_.plan().deployment.models.size(); ++model) {
    bool open = group != shape_.target_group() || targets_.empty() ||
                std::ranges::find(targets_, model) != targets_.end();
    if (!open) continue;
    World world = declared_world(shape_, group, model);
    if (evaluator_.holds(literals, world)) return {Kind::found, std::move(world)};
  }
  return {Kind::none, {}};
}

Choice Chooser::of_unknown_model(const Goal& literals) {
  std::optional<plan::SourceId> name = shape_.find("model.name");
  World world = unknown_world(shape_, shape_.model_group());
  if (!name)
    return {evaluator_.holds(literals, world) ? Kind::found : Kind::none, std::move(world)};
  std::vector<Pattern> in, out;
  Goal of_name;
  for (Literal literal : literals) {
    bool reads_name = std::ranges::binary_search(shape_.sources(literal.node), *name);
    if (!reads_name && !evaluator_.holds({literal}, world)) return {Kind::none, {}};
    if (!reads_name) continue;
    of_name.push_back(literal);
    if (auto pattern = pattern_of(shape_, literal.node))
      (literal.wanted ? in : out).push_back(std::move(*pattern));
  }
  Pattern& declared = out.emplace_back();
  for (const plan::Model& model : shape_.plan().deployment.models) declared.add_text(model.name);
  auto suits_name = [&](const Constant& value) {
    if (declared.matches(std::get<std::string>(value))) return false;
    world[*name] = value;
    return evaluator_.holds(literals, world);
  };
  for (const Constant& value : candidates(shape_, *name, of_name)) {
    if (suits_name(value)) return {Kind::found, std::move(world)};
  }
  if (in.empty()) in.emplace_back().add_around(true, "", false);
  TextFound found = find_text(in, out);
  if (found.kind == TextFound::Kind::none) return {Kind::none, {}};
  bool suiting = found.kind == TextFound::Kind::found && suits_name(Constant(found.text));
  return {suiting ? Kind::found : Kind::unknown, std::move(world)};
}

}  // namespace aipol::prove
