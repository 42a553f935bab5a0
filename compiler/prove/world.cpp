#include "compiler/prove/world.h"

#include <algorithm>

#include "base/check.h"
#include "compiler/prove/documents.h"
#include "stdlib/native/cells.h"

namespace aipol::prove {

using plan::Fact;

Evaluator::Evaluator(const plan::Plan& plan, World defaults)
    : plan_(plan),
      interpreter_(plan),
      given_(std::move(defaults)),
      defaults_(plan.sources.size(), Fact{Fact::State::absent, {}}) {
  for (const auto& [source, value] : given_) {
    if (value) defaults_[source] = {Fact::State::present, given_store_.cell(*value)};
  }
  bool handles = std::ranges::any_of(
      plan.sources, [](const plan::Source& s) { return s.rep == plan::Rep::handle; });
  if (handles) give_handles();
  facts_ = defaults_;
}

void Evaluator::give_handles() {
  std::vector<native::DetectorRules> rules;
  for (const plan::Detector& detector : plan_.detectors) {
    rules.push_back({detector.name, detector.patterns, native::Verify(detector.verify),
                     detector.phrases, detector.weight});
  }
  auto compiled = native::Detectors::compile(rules);
  AIPOL_CHECK(compiled, "the checker has compiled every detector");
  detectors_ = std::move(*compiled);
  for (plan::NodeId node = 0; node < plan_.code.size(); ++node) {
    if (plan_.code[node].op != plan::Op::call || plan_.code[node].count == 0) continue;
    const plan::Node& handle = plan_.code[plan_.code.argument(node, 0)];
    if (handle.op != plan::Op::source || handle.rep != plan::Rep::handle) continue;
    bool detects = plan_.natives[plan_.code[node].payload].starts_with("detect.");
    const void* object = detects ? static_cast<const void*>(&*detectors_) : &document_;
    defaults_[handle.payload] = {Fact::State::present, {reinterpret_cast<uint64_t>(object), 0}};
  }
}

plan::Constant zero_of(const plan::Source& source) {
  if (source.fallback) return *source.fallback;
  switch (source.rep) {
    case plan::Rep::boolean:
      return false;
    case plan::Rep::real:
      return 0.0;
    case plan::Rep::text:
      return std::string();
    case plan::Rep::ip:
      return plan::Ip{};
    case plan::Rep::texts:
      return std::vector<std::string>();
    case plan::Rep::integers:
      return std::vector<int64_t>();
    default:
      return int64_t{0};
  }
}

void Evaluator::fill(const World& world) {
  for (plan::SourceId source : filled_) facts_[source] = defaults_[source];
  filled_.clear();
  store_.emplace();
  documents_.clear();
  for (const auto& [source, value] : world) {
    if (!value) continue;
    AipolCell cell = store_->cell(*value);
    if (plan_.sources[source].rep == plan::Rep::handle) {
      documents_.push_back(document_of(unpacked(*value)));
      cell = {reinterpret_cast<uint64_t>(&documents_.back()), 0};
    }
    facts_[source] = {Fact::State::present, cell};
    filled_.push_back(source);
  }
}

bool Evaluator::holds(plan::NodeId node, const World& world) {
  fill(world);
  return interpreter_.value(node, facts_).a != 0;
}

plan::Constant Evaluator::value(plan::NodeId node, const World& world) {
  fill(world);
  AipolCell cell = interpreter_.value(node, facts_);
  switch (plan_.code[node].rep) {
    case plan::Rep::boolean:
      return cell.a != 0;
    case plan::Rep::integer:
      return static_cast<int64_t>(cell.a);
    case plan::Rep::real:
      return native::real_of(cell);
    default:
      return std::string(native::text_of(cell));
  }
}

std::vector<std::string> Evaluator::texts(plan::NodeId node, const World& world) {
  fill(world);
  std::vector<std::string> out;
  for (const AipolCell& cell : native::list_of(interpreter_.value(node, facts_)))
    out.emplace_back(native::text_of(cell));
  return out;
}

std::vector<plan::NodeId> Evaluator::holding(const std::vector<plan::NodeId>& nodes,
                                             const World& world, size_t most) {
  fill(world);
  return interpreter_.holding(nodes, facts_, most);
}

bool Evaluator::holds(const Goal& goal, const World& world) {
  fill(world);
  return std::ranges::all_of(goal, [&](Literal literal) {
    return (interpreter_.value(literal.node, facts_).a != 0) == literal.wanted;
  });
}

}  // namespace aipol::prove
