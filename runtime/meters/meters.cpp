#include "runtime/meters/meters.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace aipol::meters {

namespace {

using Kind = plan::Window::Kind;
constexpr int64_t minute = 60'000'000'000;
constexpr int64_t hour = 60 * minute;

int64_t length_of(const plan::Window& window) {
  if (window.kind == Kind::sliding) return std::max<int64_t>(1, window.nanoseconds);
  return window.kind == Kind::minute ? minute : window.kind == Kind::hour ? hour : 0;
}

std::string identity(const plan::Meter& meter) {
  return fmt::format("{}.{} {} {} {} {}{}", meter.package, meter.name,
                     plan::measure_names[static_cast<size_t>(meter.measure)],
                     plan::window_names[static_cast<size_t>(meter.window.kind)],
                     meter.window.nanoseconds, meter.zone, meter.shadow ? " shadow" : "");
}

Result<Rule> rule_of(const plan::Meter& meter, const Reads& reads, Store& store) {
  Rule rule;
  rule.id = store.meter(identity(meter));
  rule.measure = meter.measure;
  rule.kind = meter.window.kind;
  rule.shadow = meter.shadow;
  if (meter.measure == plan::Measure::concurrent) return rule;
  rule.length = length_of(meter.window);
  bool sliding = rule.kind == Kind::sliding;
  if (!sliding && rule.kind != Kind::ever) {
    auto calendar = Calendar::of(meter.zone);
    if (!calendar) return failure(calendar.error().message);
    rule.calendar.emplace(std::move(*calendar));
  }
  bool short_calendar = !sliding && rule.length > 0;
  rule.logs = sliding && (reads.used || reads.compared);
  rule.compares = reads.compared;
  rule.tallies = sliding ? reads.compared : !short_calendar || reads.used || reads.compared;
  return rule;
}

Bound bound_of(const Rule& rule, bool strict) {
  if (rule.measure == plan::Measure::concurrent) return Bound::concurrent;
  if (rule.length == 0) return Bound::calendar;
  return strict ? Bound::sliding : Bound::bucket;
}

// Gives the limit's number in the rule.
uint32_t add_limit(Rule& rule, const Limit& limit) {
  Bound bound = bound_of(rule, limit.strict);
  rule.limits.push_back({bound, limit.amount});
  rule.has_buckets |= bound == Bound::bucket;
  rule.logs |= bound == Bound::sliding;
  return static_cast<uint32_t>(rule.limits.size() - 1);
}

// One counter, looked at or charged.
template <class Do>
class OneStep final : public Step {
 public:
  explicit OneStep(Do act) : act_(std::move(act)) {}
  void apply(std::span<State* const> states) override {
    if (states[0]) act_(*states[0]);
  }

 private:
  Do act_;
};

}  // namespace

Result<std::unique_ptr<Meters>> Meters::make(std::span<const plan::Meter> meters,
                                             std::span<const Reads> reads,
                                             std::span<const Limit> limits, const Clock& clock,
                                             Store& store) {
  AIPOL_CHECK(reads.size() == meters.size(), "what is read is said of each meter");
  std::unique_ptr<Meters> made(new Meters(clock, store));
  for (size_t i = 0; i < meters.size(); ++i) {
    auto rule = rule_of(meters[i], reads[i], store);
    if (!rule) return failure(std::move(rule.error().message));
    made->rules_.push_back(std::move(*rule));
  }
  for (const Limit& limit : limits)
    made->limits_.push_back({limit.meter, add_limit(made->rules_[limit.meter], limit)});
  return made;
}

Reading Meters::read(uint32_t meter, std::string_view key) {
  const Rule& rule = rules_[meter];
  int64_t now = clock_.now();
  Reading reading;
  OneStep step([&](State& state) {
    advance(state, rule, now);
    auto [average, zscore] = compare(state, rule);
    reading = {used(state, rule), average, zscore};
    rest(state, rule);
  });
  Address address{rule.id, key};
  std::ignore = store_.transact({&address, 1}, Store::Missing::skip, now, step);
  return reading;
}

bool Meters::count(uint32_t meter, std::string_view key, Amount amount) {
  if (amount <= 0) return true;
  const Rule& rule = rules_[meter];
  int64_t now = clock_.now();
  OneStep step([&](State& state) {
    charge(state, rule, advance(state, rule, now), amount, false);
    rest(state, rule);
  });
  Address address{rule.id, key};
  return store_.transact({&address, 1}, Store::Missing::make, now, step);
}

void Meters::sweep() { store_.sweep(clock_.now()); }

}  // namespace aipol::meters
