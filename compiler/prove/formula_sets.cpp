// Sets of the traffic: whether they have a member is free for each member that some guard names.
#include <fmt/format.h>

#include "base/saturate.h"
#include "compiler/prove/formula.h"

namespace aipol::prove {

using plan::Constant;
using plan::Op;
using plan::Rep;

namespace {

constexpr size_t most_members = 256;

std::vector<Constant> spelled_out(const Constant& list) {
  std::vector<Constant> out;
  if (auto* texts = std::get_if<std::vector<std::string>>(&list))
    out.assign(texts->begin(), texts->end());
  if (auto* integers = std::get_if<std::vector<int64_t>>(&list))
    out.assign(integers->begin(), integers->end());
  return out;
}

}  // namespace

std::optional<plan::SourceId> Formula::set_source(NodeId node) const {
  const plan::Node& n = plan_.code[node];
  bool list = n.rep == Rep::texts || n.rep == Rep::integers;
  return n.op == Op::source && list ? std::optional(n.payload) : std::nullopt;
}

// At least the members that are known to be there; none where the set is absent.
Z3_ast Formula::size_of(plan::SourceId source) {
  auto [it, made] = sizes_.try_emplace(source);
  if (!made) return it->second;
  Z3_ast size = it->second = fresh(fmt::format("size{}", source), int_sort_);
  fact(between(0, size, int_max));
  if (plan_.sources[source].optional) fact(any({present(source), is_number(size, 0)}));
  return size;
}

Z3_ast Formula::has_member(plan::SourceId source, const Constant& member) {
  auto& known = members_[source];
  if (auto it = known.find(member); it != known.end()) return it->second;
  Z3_ast a = fresh(fmt::format("m{}.{}", source, known.size()), bool_sort_);
  known.emplace(member, a);
  if (plan_.sources[source].optional) fact(any({present(source), negation(a)}));
  std::vector<Z3_ast> ones;
  for (const auto& [constant, truth] : known) ones.push_back(either(truth, integer(1), integer(0)));
  Z3_ast size = size_of(source);
  Z3_ast least = ones.size() == 1
                     ? ones[0]
                     : z3_.mk_add(context_, static_cast<unsigned>(ones.size()), ones.data());
  fact(at_most(least, size));
  // A set of members of an enumeration has no others.
  uint32_t enumeration = plan_.sources[source].enumeration;
  bool set = plan_.sources[source].path.starts_with("principal.");  // lists may say one twice
  if (set && enumeration != ~0u && known.size() == plan_.enumerations[enumeration].members.size())
    fact(at_most(size, least));
  return a;
}

Z3_ast Formula::member(NodeId node) {
  NodeId list = plan_.code.argument(node, 0), item = plan_.code.argument(node, 1);
  Z3_ast opaque = fresh(fmt::format("n{}", node), bool_sort_);
  if (auto source = set_source(list); source && shape_.constant(item) != nullptr) {
    return has_member(*source, *shape_.constant(item));
  }
  const Constant* constant = shape_.constant(list);
  if (constant == nullptr || plan_.code[item].rep != Rep::integer) return opaque;
  std::vector<Z3_ast> parts;
  for (const Constant& member : spelled_out(*constant)) {
    parts.push_back(is_number(number(item), std::get<int64_t>(member)));
  }
  return parts.size() > most_members ? opaque : any(parts);
}

Z3_ast Formula::members(NodeId node) {
  NodeId list = plan_.code.argument(node, 0), other = plan_.code.argument(node, 1);
  bool shares = plan_.code[node].op == Op::intersects;
  if (shares && shape_.constant(list) != nullptr) std::swap(list, other);
  auto source = set_source(list);
  const Constant* constant = shape_.constant(other);
  Z3_ast opaque = fresh(fmt::format("n{}", node), bool_sort_);
  if (!source || constant == nullptr) return opaque;
  std::vector<Constant> named = spelled_out(*constant);
  if (named.size() > most_members) return opaque;
  std::vector<Z3_ast> parts;
  for (const Constant& member : named) parts.push_back(has_member(*source, member));
  return shares ? any(parts) : all(parts);
}

// Where it is that very set: it has these members and as many. Lists may say them twice, so the
// inverse is not said.
Z3_ast Formula::same_set(NodeId list, const Constant& value, Z3_ast truth) {
  auto source = set_source(list);
  std::vector<Constant> named = spelled_out(value);
  if (!source || named.size() > most_members) return truth;
  for (const Constant& member : named) fact(implies(truth, has_member(*source, member)));
  fact(implies(truth, is_number(size_of(*source), static_cast<int64_t>(named.size()))));
  return truth;
}

}  // namespace aipol::prove
