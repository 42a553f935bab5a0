#include "compiler/planner/nodes.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/overloaded.h"
#include "base/text_hash.h"
#include "compiler/types/representation.h"

namespace aipol::planner {

using types::enumeration_of;
using types::rep_of;
using types::unit_of;

namespace {

constexpr plan::SourceId unknown = ~0u;

}  // namespace

Nodes::Nodes(const ir::PolicySet& set, plan::Plan& plan)
    : set_(set), plan_(plan), sources_(set.sources.size(), unknown) {
  for (uint32_t i = 0; i < plan.constants.size(); ++i) constants_.emplace(plan.constants[i], i);
  for (uint32_t i = 0; i < plan.natives.size(); ++i) natives_.emplace(plan.natives[i], i);
}

plan::NodeId Nodes::node(ir::ExpressionPtr expression) {
  if (auto made = made_.find(expression); made != made_.end()) return made->second;
  AIPOL_CHECK(expression->op != plan::Op::parameter,
              "no parameter is left once functions are put in");
  std::vector<plan::NodeId> arguments;
  for (ir::ExpressionPtr argument : expression->arguments) arguments.push_back(node(argument));
  plan::NodeId id =
      plan_.code.add(expression->op, rep_of(expression->type), payload(*expression), arguments);
  made_.emplace(expression, id);
  return id;
}

plan::NodeId Nodes::node_or_none(ir::ExpressionPtr expression) {
  return expression == nullptr ? plan::no_node : node(expression);
}

plan::NodeId Nodes::integer(int64_t value) {
  return plan_.code.add(plan::Op::constant, plan::Rep::integer, constant(value));
}

uint32_t Nodes::payload(const ir::Expression& expression) {
  return std::visit(Overloaded{
                        [](std::monostate) { return 0u; },
                        [this](const plan::Constant& value) { return constant(value); },
                        [this](ir::SourceRef source) { return source_of(source.source); },
                        [](ir::Level level) { return level.level; },
                        [this](const ir::NativeRef& native) { return this->native(native.symbol); },
                    },
                    expression.payload);
}

// An earlier pass over the same plan may have put it there.
plan::SourceId Nodes::source_of(uint32_t number) {
  plan::SourceId& known = sources_[number];
  if (known != unknown) return known;
  const ir::Source& s = set_.sources[number];
  auto there = std::ranges::find_if(plan_.sources, [&](const plan::Source& other) {
    return other.path == s.path && other.key == s.key;
  });
  known = static_cast<plan::SourceId>(there - plan_.sources.begin());
  if (there == plan_.sources.end()) {
    plan_.sources.push_back({s.path, s.key, rep_of(s.type), s.optional, s.phase,
                             enumeration_of(s.type), unit_of(s.type), s.fallback});
  }
  return known;
}

size_t Nodes::ConstantHash::operator()(const plan::Constant& value) const {
  auto mixed = [](size_t hash, uint64_t more) { return (hash ^ more) * 0x9FB21C651E98DF25ull; };
  size_t hash = value.index();
  std::visit(Overloaded{
                 [&](bool v) { hash = mixed(hash, v); },
                 [&](int64_t v) { hash = mixed(hash, static_cast<uint64_t>(v)); },
                 [&](double v) { hash = mixed(hash, std::hash<double>()(v)); },
                 [&](const std::string& v) { hash = mixed(hash, text_hash(v)); },
                 [&](const plan::Ip& v) { hash = mixed(mixed(hash, v.high), v.low); },
                 [&](const plan::Network& v) {
                   hash = mixed(mixed(mixed(hash, v.address.high), v.address.low), v.prefix);
                 },
                 [&](const plan::IntegerRange& v) {
                   hash = mixed(mixed(hash, static_cast<uint64_t>(v.low)),
                                static_cast<uint64_t>(v.high));
                 },
                 [&](const std::vector<std::string>& v) {
                   for (const std::string& text : v) hash = mixed(hash, text_hash(text));
                 },
                 [&](const std::vector<int64_t>& v) {
                   for (int64_t one : v) hash = mixed(hash, static_cast<uint64_t>(one));
                 },
             },
             value);
  return hash ^ hash >> 32;
}

bool Nodes::SameConstant::operator()(const plan::Constant& a, const plan::Constant& b) const {
  const auto *one = std::get_if<double>(&a), *other = std::get_if<double>(&b);
  if (one == nullptr || other == nullptr) return a == b;
  return std::bit_cast<uint64_t>(*one) == std::bit_cast<uint64_t>(*other);
}

uint32_t Nodes::constant(const plan::Constant& value) {
  auto [it, fresh] = constants_.try_emplace(value, static_cast<uint32_t>(plan_.constants.size()));
  if (fresh) plan_.constants.push_back(value);
  return it->second;
}

uint32_t Nodes::native(const std::string& symbol) {
  auto [it, fresh] = natives_.try_emplace(symbol, static_cast<uint32_t>(plan_.natives.size()));
  if (fresh) plan_.natives.push_back(symbol);
  return it->second;
}

}  // namespace aipol::planner
