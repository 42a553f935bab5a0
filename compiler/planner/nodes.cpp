#include "compiler/planner/nodes.h"

#include "base/check.h"
#include "base/overloaded.h"
#include "compiler/types/representation.h"

namespace aipol::planner {

using types::enumeration_of;
using types::rep_of;
using types::unit_of;

Nodes::Nodes(const ir::PolicySet& set, plan::Plan& plan) : set_(set), plan_(plan) {
  for (uint32_t i = 0; i < plan.sources.size(); ++i)
    sources_.emplace(std::pair(plan.sources[i].path, plan.sources[i].key), i);
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

plan::NodeId Nodes::integer(int64_t value) {
  return plan_.code.add(plan::Op::constant, plan::Rep::integer, constant(value));
}

uint32_t Nodes::payload(const ir::Expression& expression) {
  return std::visit(
      Overloaded{
          [](std::monostate) { return 0u; },
          [this](const plan::Constant& value) { return constant(value); },
          [this](ir::SourceRef source) { return this->source(set_.sources[source.source]); },
          [](ir::Level level) { return level.level; },
          [this](const ir::NativeRef& native) { return this->native(native.symbol); },
      },
      expression.payload);
}

uint32_t Nodes::source(const ir::Source& s) {
  auto [it, fresh] =
      sources_.try_emplace({s.path, s.key}, static_cast<uint32_t>(plan_.sources.size()));
  if (fresh) {
    plan_.sources.push_back({s.path, s.key, rep_of(s.type), s.optional, s.phase,
                             enumeration_of(s.type), unit_of(s.type), s.fallback});
  }
  return it->second;
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
