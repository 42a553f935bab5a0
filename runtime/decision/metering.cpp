#include "runtime/decision/metering.h"

#include <algorithm>

#include "base/check.h"

namespace aipol::decision {

namespace {

using plan::NodeId;
using plan::Phase;

constexpr size_t nowhere = ~size_t{0};

class Collector {
 public:
  Collector(const plan::Plan& plan, const context::FactReader& facts) : plan_(plan), facts_(facts) {
    for (auto* lists : {&out_.keyed, &out_.counted, &out_.read}) lists->resize(plan.stages.size());
    out_.sums.resize(plan.stages.size());
    out_.meters.resize(plan.meters.size());
  }

  Metering collect() {
    for (uint32_t number = 0; number < plan_.meters.size(); ++number) place(number);
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) limit(number);
    for (uint32_t number = 0; number < plan_.meters.size(); ++number) only_limit(number);
    for (size_t stage = 0; stage < plan_.stages.size(); ++stage) reads(stage);
    return std::move(out_);
  }

 private:
  // The stage that computes the node; nowhere for constants.
  size_t stage_of(NodeId node) const {
    if (node == plan::no_node || plan_.code[node].op == plan::Op::constant) return nowhere;
    auto found = std::ranges::find_if(plan_.stages, [&](const plan::Stage& stage) {
      return std::ranges::binary_search(stage.computed, node);
    });
    AIPOL_CHECK(found != plan_.stages.end(), "what a meter reads is computed in some stage");
    return static_cast<size_t>(found - plan_.stages.begin());
  }

  void place(uint32_t number) {
    const plan::Meter& meter = plan_.meters[number];
    size_t keyed = nowhere;
    for (NodeId key : meter.keys) {
      size_t stage = stage_of(key);
      if (stage != nowhere && (keyed == nowhere || stage > keyed)) keyed = stage;
    }
    (keyed == nowhere ? out_.keyed_always : out_.keyed[keyed]).push_back(number);
    if (size_t stage = stage_of(meter.where); stage != nowhere) {
      out_.counted[stage].push_back(number);
      out_.meters[number].late = plan_.stages[stage].phase > Phase::body;
    }
    if (size_t stage = stage_of(meter.sum); stage != nowhere) out_.sums[stage].push_back(meter.sum);
  }

  void limit(uint32_t number) {
    const plan::Statement& statement = plan_.statements[number];
    if (statement.effect != plan::Effect::limit) return;
    LimitOf limit;
    limit.statement = number;
    NodeId meter = argument(statement, "meter")->values[0];
    limit.meter =
        static_cast<uint32_t>(std::get<int64_t>(plan_.constants[plan_.code[meter].payload]));
    limit.amount = argument(statement, "amount")->values[0];
    if (const plan::Argument* burst = argument(statement, "burst")) limit.burst = burst->values[0];
    limit.strict = argument(statement, "strict") != nullptr;
    limit.cut = argument(statement, "cut") != nullptr;
    out_.limits.push_back(limit);
  }

  // A twin that counts for shadow policies is of the meter that they name.
  uint32_t named(const LimitOf& limit) const {
    uint32_t twin = plan_.meters[limit.meter].twin_of;
    return twin == plan::no_meter ? limit.meter : twin;
  }

  void only_limit(uint32_t number) {
    size_t count = 0;
    for (const LimitOf& limit : out_.limits) {
      if (named(limit) != number) continue;
      out_.meters[number].limit = limit.amount;
      ++count;
    }
    // `@enforce` says one limit twice, with one amount.
    bool same = std::ranges::all_of(out_.limits, [&](const LimitOf& limit) {
      return named(limit) != number || limit.amount == out_.meters[number].limit;
    });
    if (count > 1 && !same) out_.meters[number].limit = plan::no_node;
  }

  void reads(size_t stage) {
    for (plan::SourceId source : plan_.stages[stage].demand) {
      std::optional<uint32_t> meter = facts_.meter_of(source);
      if (!meter) continue;
      std::string_view path = plan_.sources[source].path;
      bool compares = path.ends_with(".average") || path.ends_with(".zscore");
      (compares ? out_.meters[*meter].compared : out_.meters[*meter].used) = true;
      if (std::ranges::find(out_.read[stage], *meter) == out_.read[stage].end())
        out_.read[stage].push_back(*meter);
    }
  }

  const plan::Plan& plan_;
  const context::FactReader& facts_;
  Metering out_;
};

}  // namespace

const plan::Argument* argument(const plan::Statement& statement, std::string_view name) {
  auto found = std::ranges::find(statement.arguments, name, &plan::Argument::name);
  return found == statement.arguments.end() ? nullptr : &*found;
}

Metering metering_of(const plan::Plan& plan, const context::FactReader& facts) {
  return Collector(plan, facts).collect();
}

}  // namespace aipol::decision
