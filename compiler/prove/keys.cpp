#include "compiler/prove/keys.h"

#include <algorithm>

namespace aipol::prove {

using plan::Constant;
using plan::Op;

namespace {

constexpr size_t most_values = 64;

template <class F>
void each_conjunct(const Shape& shape, plan::NodeId guard, F visit) {
  Goal left = {{guard, true}};
  while (!left.empty()) {
    Literal literal = left.back();
    left.pop_back();
    Shape::Parts parts = shape.parts(literal);
    if (parts.kind == Shape::Parts::Kind::leaf && literal.wanted) visit(literal.node);
    if (parts.kind != Shape::Parts::Kind::all) continue;
    for (const Goal& part : parts.parts) left.insert(left.end(), part.begin(), part.end());
  }
}

bool single(plan::Rep rep) { return rep == plan::Rep::text || rep == plan::Rep::integer; }

std::optional<Key> key_of(const Shape& shape, plan::NodeId leaf) {
  const plan::Plan& plan = shape.plan();
  Op op = plan.code[leaf].op;
  if (op != Op::equal && op != Op::in_set) return std::nullopt;
  plan::NodeId source = plan.code.argument(leaf, 0), constant = plan.code.argument(leaf, 1);
  if (op == Op::equal && !shape.is_source(source)) std::swap(source, constant);
  const Constant* value = shape.constant(constant);
  if (!shape.is_source(source) || value == nullptr || !single(plan.code[source].rep))
    return std::nullopt;
  Key key{plan.code[source].payload, {}};
  if (auto* texts = std::get_if<std::vector<std::string>>(value))
    key.values.insert(texts->begin(), texts->end());
  else if (auto* integers = std::get_if<std::vector<int64_t>>(value))
    key.values.insert(integers->begin(), integers->end());
  else
    key.values.insert(*value);
  return key.values.size() > most_values ? std::nullopt : std::optional(std::move(key));
}

}  // namespace

std::vector<Key> keys_of(const Shape& shape, plan::NodeId guard) {
  std::vector<Key> out;
  each_conjunct(shape, guard, [&](plan::NodeId leaf) {
    if (auto key = key_of(shape, leaf)) out.push_back(std::move(*key));
  });
  return out;
}

std::vector<plan::NodeId> path_tests(const Shape& shape, plan::NodeId guard) {
  std::vector<plan::NodeId> out;
  each_conjunct(shape, guard, [&](plan::NodeId leaf) {
    if (shape.plan().code[leaf].op == Op::on_path) out.push_back(leaf);
  });
  std::ranges::sort(out);
  return out;
}

bool exclusive(const std::vector<Key>& a, const std::vector<Key>& b) {
  return std::ranges::any_of(a, [&](const Key& x) {
    return std::ranges::any_of(b, [&](const Key& y) {
      return x.source == y.source && std::ranges::none_of(x.values, [&](const Constant& value) {
               return y.values.contains(value);
             });
    });
  });
}

}  // namespace aipol::prove
