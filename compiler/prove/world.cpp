#include "compiler/prove/world.h"

#include <algorithm>

#include "base/check.h"

namespace aipol::prove {

using plan::Fact;

Evaluator::Evaluator(const plan::Plan& plan)
    : plan_(plan), interpreter_(plan), facts_(plan.sources.size(), Fact{Fact::State::absent, {}}) {
  bool handles = std::ranges::any_of(
      plan.sources, [](const plan::Source& s) { return s.rep == plan::Rep::handle; });
  if (handles) give_handles();
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
    facts_[handle.payload] = {Fact::State::present, {reinterpret_cast<uint64_t>(object), 0}};
  }
}

void Evaluator::fill(const World& world) {
  for (plan::SourceId source : filled_) facts_[source] = {Fact::State::absent, {}};
  filled_.clear();
  store_.emplace();
  for (const auto& [source, value] : world) {
    if (!value) continue;
    facts_[source] = {Fact::State::present, store_->cell(*value)};
    filled_.push_back(source);
  }
}

bool Evaluator::holds(plan::NodeId node, const World& world) {
  fill(world);
  return interpreter_.value(node, facts_).a != 0;
}

bool Evaluator::holds(const Goal& goal, const World& world) {
  fill(world);
  return std::ranges::all_of(goal, [&](Literal literal) {
    return (interpreter_.value(literal.node, facts_).a != 0) == literal.wanted;
  });
}

}  // namespace aipol::prove
