#include "runtime/meters/meters.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "runtime/meters/charging.h"

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

// One counter, looked at.
class Read final : public Step {
 public:
  Read(const Rule& rule, int64_t now) : rule_(rule), now_(now) {}
  const Reading& reading() const { return reading_; }

  void apply(std::span<State* const> states) override {
    reading_ = {};
    if (!states[0]) return;
    State& state = *states[0];
    advance(state, rule_, now_);
    auto [average, zscore] = compare(state, rule_);
    reading_ = {used(state, rule_), average, zscore, false};
    rest(state, rule_);
  }
  bool changed() const override { return false; }

 private:
  const Rule& rule_;
  int64_t now_;
  Reading reading_;
};

}  // namespace

Result<std::unique_ptr<Meters>> Meters::make(std::span<const plan::Meter> meters,
                                             std::span<const Reads> reads,
                                             std::span<const Limit> limits, const Clock& clock,
                                             Store& store) {
  AIPOL_CHECK(reads.size() == meters.size(), "what is read is said of each meter");
  auto rules = std::make_shared<Rules>();
  for (size_t i = 0; i < meters.size(); ++i) {
    auto rule = rule_of(meters[i], reads[i], store);
    if (!rule) return failure(std::move(rule.error().message));
    rules->push_back(std::move(*rule));
  }
  std::unique_ptr<Meters> made(new Meters(clock, store, rules));
  for (const Limit& limit : limits)
    made->limits_.push_back({limit.meter, add_limit((*rules)[limit.meter], limit)});
  return made;
}

Reading Meters::read(uint32_t meter, std::string_view key) {
  const Rule& rule = rules_[meter];
  int64_t now = clock_.now();
  Read read(rule, now);
  Address address{rule.id, key};
  switch (store_.transact({&address, 1}, Store::Missing::skip, now, read)) {
    case Outcome::done:
      return read.reading();
    case Outcome::away:
      return {0, 0, 0, true};
    case Outcome::full:
    case Outcome::passed:
      break;
  }
  return {};
}

bool Meters::count(uint32_t meter, std::string_view key, Amount amount) {
  if (amount <= 0) return true;
  int64_t now = clock_.now();
  Charging step(rules_of_, {{meter, now, amount, false}}, Charging::When::due);
  Address address{rules_[meter].id, key};
  return store_.transact({&address, 1}, Store::Missing::make, now, step) != Outcome::full;
}

void Meters::sweep() { store_.sweep(clock_.now()); }

}  // namespace aipol::meters
