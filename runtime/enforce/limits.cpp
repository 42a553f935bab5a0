// What a call is charged for, and whether limits admit it.
#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "runtime/enforce/arguments.h"
#include "runtime/enforce/passage.h"

namespace aipol::enforce {

using decision::Decision;
using decision::LimitOf;
using meters::Amount;
using plan::Measure;
using plan::Phase;

namespace {

// What is counted when a call has ended, not reserved before.
bool counted_at_the_end(Measure measure) {
  return measure == Measure::denials || measure == Measure::errors;
}

Amount amount_of(const plan::Constant& value) {
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? meters::amount_of(*real) : std::get<int64_t>(value);
}

}  // namespace

// What an answer from the cache uses none of.
bool Passage::costs_nothing(uint32_t number) const {
  Measure measure = engine_.plan().meters[number].measure;
  return measure != Measure::requests && measure != Measure::concurrent;
}

// Whether the meter counts this call, as far as is known before it is forwarded.
bool Passage::counted(uint32_t number) const {
  const plan::Meter& meter = engine_.plan().meters[number];
  if (evaluation_.key(number) == nullptr || evaluation_.counts(number) == false) return false;
  return meter.limit == plan::no_meter ||
         std::ranges::binary_search(evaluation_.fired(), meter.limit);
}

Amount Passage::amount(uint32_t number, const context::Usage& usage, bool answered) {
  switch (engine_.plan().meters[number].measure) {
    case Measure::requests:
    case Measure::concurrent:
      return 1;
    case Measure::tokens:
      return saturating_add(usage.input_tokens, usage.output_tokens);
    case Measure::input_tokens:
      return usage.input_tokens;
    case Measure::output_tokens:
      return usage.output_tokens;
    case Measure::usd:
      return usage.cost;
    case Measure::sum:
      return answered ? evaluation_.summed(number) : 0;
    default:
      return 0;
  }
}

void Passage::add_charges() {
  const decision::Metering& metering = engine_.program().metering();
  for (uint32_t number = 0; number < metering.meters.size(); ++number) {
    if (!counted(number)) continue;
    bool later =
        metering.meters[number].late || counted_at_the_end(engine_.plan().meters[number].measure);
    bool asked = std::ranges::any_of(metering.limits, [&](const LimitOf& limit) {
      return limit.meter == number &&
             std::ranges::binary_search(evaluation_.fired(), limit.statement);
    });
    if (!later || asked) counted_.push_back({number, !later});
  }
  for (const Counted& one : counted_) {
    Amount estimate = one.reserved ? amount(one.meter, call_.usage, true) : 0;
    charges_.push_back({one.meter, *evaluation_.key(one.meter), estimate});
  }
}

void Passage::add_asks() {
  const decision::Metering& metering = engine_.program().metering();
  for (uint32_t i = 0; i < metering.limits.size(); ++i) {
    const LimitOf& limit = metering.limits[i];
    if (!std::ranges::binary_search(evaluation_.fired(), limit.statement)) continue;
    auto charge = std::ranges::find(counted_, limit.meter, &Counted::meter);
    if (charge == counted_.end() || (recalled_ && costs_nothing(limit.meter))) continue;
    const plan::Constant* amount = evaluation_.value(limit.amount);
    AIPOL_CHECK(amount != nullptr, "a limit's amount is known before it is asked");
    meters::Ask ask{i, static_cast<uint32_t>(charge - counted_.begin()), amount_of(*amount), {}, 0};
    if (const plan::Constant* burst =
            limit.burst == plan::no_node ? nullptr : evaluation_.value(limit.burst))
      ask.burst = amount_of(*burst);
    ask.rank = engine_.plan().statements[limit.statement].rank;
    asks_.push_back(ask);
  }
}

Decision Passage::unreachable(Phase phase) const {
  Decision out = decision::refused(phase, 503, "the shared counters can not be reached");
  out.fired = evaluation_.fired();
  return out;
}

Decision Passage::over_limit(const meters::Verdict& verdict,
                             const std::vector<meters::Ask>& asks) const {
  if (verdict.away) return unreachable(Phase::target);
  if (verdict.full)
    return decision::refused(Phase::target, 503, "the gateway can not count any more callers now");
  const decision::Metering& metering = engine_.program().metering();
  const LimitOf& limit = metering.limits[asks[verdict.refusing].limit];
  const plan::Meter& meter = engine_.plan().meters[limit.meter];
  bool concurrent = meter.measure == Measure::concurrent;
  std::string_view measure = plan::measure_names[static_cast<size_t>(meter.measure)];
  Decision out = decision::refused(
      Phase::target, 429,
      concurrent
          ? "too many requests are being served for this caller"
          : fmt::format("the limit on {} is reached", measure == "sum" ? meter.name : measure));
  out.statement = limit.statement;
  for (const meters::Refusal& refusal : verdict.refused)
    out.refusing.push_back(metering.limits[asks[refusal.ask].limit].statement);
  std::ranges::sort(out.refusing);
  if (verdict.retry_after != meters::never) out.retry_after = verdict.retry_after;
  out.fired = evaluation_.fired();
  return out;
}

// Of a stream that limits may end, only the input is reserved where nothing else limits the meter:
// the rest is asked for as it comes.
void Passage::leave_output_open(const context::Usage& estimate) {
  if (!call_.ai.stream) return;
  const decision::Metering& metering = engine_.program().metering();
  const context::Usage input{.input_tokens = estimate.input_tokens};
  for (uint32_t i = 0; i < charges_.size(); ++i) {
    bool asked = false, cut = true;
    for (const meters::Ask& ask : asks_) {
      if (ask.charge != i) continue;
      asked = true;
      cut = cut && metering.limits[ask.limit].cut;
    }
    if (asked && cut && counted_[i].reserved)
      charges_[i].amount = estimated(counted_[i].meter, input);
  }
}

// What the meter would count of such a use.
Amount Passage::estimated(uint32_t meter, context::Usage usage) {
  if (usage.cost == 0 && !attempts_.targets.empty() && !usage.cached)
    usage.cost = engine_.cost(attempts_.targets[0], usage);
  std::swap(call_.usage, usage);
  Amount amount = this->amount(meter, call_.usage, true);
  std::swap(call_.usage, usage);
  return amount;
}

std::optional<Decision> Passage::extend(const context::Usage& so_far) {
  if (!reservation_.holds() || recalled_) return std::nullopt;
  const decision::Metering& metering = engine_.program().metering();
  std::vector<meters::Ask> cutting;
  std::ranges::copy_if(asks_, std::back_inserter(cutting),
                       [&](const meters::Ask& ask) { return metering.limits[ask.limit].cut; });
  if (cutting.empty()) return std::nullopt;
  std::vector<Amount> amounts;
  for (const Counted& one : counted_)
    amounts.push_back(one.reserved ? estimated(one.meter, so_far) : 0);
  meters::Verdict verdict;
  if (engine_.meters().extend(reservation_, amounts, cutting, &verdict)) return std::nullopt;
  Decision out = over_limit(verdict, cutting);
  out.phase = Phase::output;
  return out;
}

std::optional<Decision> Passage::reserve(context::Usage estimate) {
  if (engine_.plan().meters.empty()) return std::nullopt;
  // What meters sum is estimated from the usage that is expected.
  std::swap(call_.usage, estimate);
  add_charges();
  add_asks();
  std::swap(call_.usage, estimate);
  leave_output_open(estimate);
  if (charges_.empty()) return std::nullopt;
  remember_readings();
  meters::Verdict verdict;
  engine_.meters().reserve(charges_, asks_, reservation_, verdict);
  asked_at_ = verdict.time;
  const decision::Metering& metering = engine_.program().metering();
  for (const meters::Refusal& refusal : verdict.shadow)
    shadow_refusals_.insert(metering.limits[asks_[refusal.ask].limit].statement);
  keep_quotas(verdict);
  if (verdict.admitted) return std::nullopt;
  return over_limit(verdict, asks_);
}

void Passage::keep_quotas(const meters::Verdict& verdict) {
  for (size_t i = 0; i < verdict.rooms.size(); ++i) {
    uint32_t number = charges_[asks_[i].charge].meter;
    const plan::Meter& meter = engine_.plan().meters[number];
    if (meter.shadow || meter.measure == Measure::usd || meter.measure == Measure::sum) continue;
    quotas_.push_back({number, std::max<Amount>(asks_[i].amount, 0), verdict.rooms[i]});
  }
}

// What statements of later phases read of the meters that are charged now.
void Passage::remember_readings() {
  const std::vector<plan::Stage>& stages = engine_.plan().stages;
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    if (stages[stage].phase < Phase::output) continue;
    for (uint32_t meter : engine_.program().metering().read[stage]) {
      const std::string* key = evaluation_.key(meter);
      bool charged = std::ranges::find(counted_, meter, &Counted::meter) != counted_.end();
      if (key != nullptr && charged) before_.emplace_back(meter, engine_.read(meter, *key, &away_));
    }
  }
}

context::MeterReading Passage::read(uint32_t meter, std::string_view key) {
  auto before = std::ranges::find(before_, meter, [](const auto& one) { return one.first; });
  return before != before_.end() ? before->second : engine_.read(meter, key, &away_);
}

// A failed call used nothing; it was a request all the same.
void Passage::settle(bool failed) {
  if (!reservation_.holds()) return;
  context::Usage used = failed ? context::Usage{} : call_.usage;
  std::vector<Amount> amounts;
  for (const Counted& one : counted_) {
    amounts.push_back(one.reserved ? amount(one.meter, used, !failed) : 0);
    if (amounts.back() > 0)
      touched_.push_back({one.meter, *evaluation_.key(one.meter), amounts.back()});
  }
  settled_at_ = engine_.meters().settle(reservation_, amounts);
}

// Left out: what a limit refused, and what a statement refused that reads the meter itself.
bool Passage::counts_denial(uint32_t meter, const Decision& outcome) const {
  if (outcome.allowed) return false;
  const plan::Plan& plan = engine_.plan();
  if (outcome.statement && plan.statements[*outcome.statement].effect == plan::Effect::limit)
    return false;
  auto reads = [&](auto&& self, plan::NodeId node) -> bool {
    const plan::Node& at = plan.code[node];
    bool source = at.op == plan::Op::source || at.op == plan::Op::has;
    if (source && engine_.program().facts().meter_of(at.payload) == meter) return true;
    return std::ranges::any_of(plan.code.arguments(node),
                               [&](plan::NodeId argument) { return self(self, argument); });
  };
  return !outcome.statement || !reads(reads, plan.statements[*outcome.statement].guard);
}

void Passage::count_late(const Decision& outcome, bool failed) {
  const decision::Metering& metering = engine_.program().metering();
  for (uint32_t number = 0; number < metering.meters.size(); ++number) {
    const plan::Meter& meter = engine_.plan().meters[number];
    bool late = metering.meters[number].late;
    if (!late && !counted_at_the_end(meter.measure)) continue;
    if (!counted(number) || evaluation_.counts(number) != true) continue;
    Amount add = 0;
    if (meter.measure == Measure::denials) {
      add = counts_denial(number, outcome) ? 1 : 0;
    } else if (meter.measure == Measure::errors) {
      add = outcome.allowed && failed ? 1 : 0;
    } else if (outcome.allowed) {
      add = amount(number, call_.usage, true);
    }
    if (add <= 0) continue;
    engine_.meters().count(number, *evaluation_.key(number), add);
    touched_.push_back({number, *evaluation_.key(number), add});
  }
}

}  // namespace aipol::enforce
