// Random meters and random requests against a plain model: a list of everything that was ever
// charged.
#pragma once

#include <doctest/doctest.h>

#include <fmt/format.h>

#include <functional>

#include "base/civil.h"
#include "runtime/stores/stores.h"
#include "tests/support/choices.h"
#include "tests/support/metering.h"

namespace aipol::testing::model {

using Kind = plan::Window::Kind;
using meters::Amount;
using meters::never;
using meters::Wide;
using plan::Measure;

struct Charged {
  uint32_t meter;
  std::string key;
  int64_t time;
  Amount amount;
  bool open;
};

struct ModelLimit {
  uint32_t meter;
  bool strict;
  Amount amount;
  Amount burst;
};

// What the contract says, without any memory but the list.
struct Model {
  std::vector<plan::Meter> meters;
  std::vector<ModelLimit> limits;
  std::vector<Charged> all;

  bool concurrent(uint32_t meter) const { return meters[meter].measure == Measure::concurrent; }
  static int64_t length(const plan::Window& window) {
    if (window.kind == Kind::sliding) return window.nanoseconds;
    return window.kind == Kind::minute ? minute : window.kind == Kind::hour ? hour : 0;
  }

  Span window(uint32_t meter, int64_t now) const {
    const auto& [kind, nanoseconds] = meters[meter].window;
    if (kind == Kind::ever) return {int_min, int_max};
    if (kind == Kind::sliding) return {now - nanoseconds + 1, now + 1};
    auto unit = static_cast<CalendarUnit>(static_cast<int>(kind) - static_cast<int>(Kind::minute));
    return Calendar::of(meters[meter].zone)->around(unit, now);
  }

  Wide sum(uint32_t meter, std::string_view key, Span span) const {
    Wide sum = 0;
    for (const Charged& c : all) {
      if (c.meter != meter || c.key != key || (concurrent(meter) && !c.open)) continue;
      if (span.begin <= c.time && c.time < span.end) sum += c.amount;
    }
    return sum;
  }
  Wide used(uint32_t meter, std::string_view key, int64_t now) const {
    return sum(meter, key, window(meter, now));
  }

  // What is missing to a full bucket, times its window.
  Wide lack(const ModelLimit& limit, std::string_view key, int64_t now) const {
    Wide lack = 0;
    int64_t time = 0, window = length(meters[limit.meter].window);
    for (const Charged& c : all) {
      if (c.meter != limit.meter || c.key != key) continue;
      lack = std::max<Wide>(0, lack - Wide{c.time - time} * limit.amount) + Wide{c.amount} * window;
      time = c.time;
    }
    return std::max<Wide>(0, lack - Wide{now - time} * limit.amount);
  }

  bool admits(const ModelLimit& limit, std::string_view key, int64_t now, Amount amount) const {
    const plan::Meter& meter = meters[limit.meter];
    bool free = meter.measure == Measure::usd || meter.measure == Measure::sum;
    if (free && amount == 0) return true;
    Amount need = std::max<Amount>(amount, 1);
    int64_t window = length(meter.window);
    if (window > 0 && !limit.strict && !concurrent(limit.meter))
      return lack(limit, key, now) + Wide{need} * window <= Wide{limit.burst} * window;
    Span span = window > 0 && !concurrent(limit.meter) ? Span{now - window + 1, now + 1}
                                                       : this->window(limit.meter, now);
    return sum(limit.meter, key, span) + need <= limit.amount;
  }
};

inline const char* const keys[] = {"a", "b"};
constexpr plan::Window windows[] = {{Kind::sliding, 7 * second},
                                    {Kind::sliding, 10 * minute},
                                    {Kind::minute, 0},
                                    {Kind::hour, 0},
                                    {Kind::day, 0},
                                    {Kind::week, 0},
                                    {Kind::month, 0},
                                    {Kind::year, 0},
                                    {Kind::ever, 0}};
constexpr Measure measures[] = {Measure::requests, Measure::tokens, Measure::usd, Measure::sum,
                                Measure::concurrent};
inline const char* const zones[] = {"UTC", "Europe/Berlin", "America/New_York",
                                    "Australia/Lord_Howe", "America/Sao_Paulo"};
// Near the ends of months and years, leap days and changes of clocks.
inline const char* const beginnings[] = {
    "2026-03-01T12:00:00Z", "2024-02-28T23:59:30Z", "2023-02-28T22:59:50Z", "2025-12-31T23:30:00Z",
    "2026-03-29T00:30:00Z", "2026-10-25T00:00:00Z", "2026-04-04T14:20:00Z", "2018-11-04T02:30:00Z"};

struct Open {
  meters::Reservation held;
  std::vector<size_t> charged;  // in Model::all
};

// Where a run counts; called again where it is restarted, after the last one was stopped.
using OpenStores = std::function<std::unique_ptr<stores::Stores>(const Clock&)>;

struct RunOptions {
  bool estimates_err = false;
  bool restarts = false;
  OpenStores open = [](const Clock& clock) { return std::move(*stores::open({}, clock)); };
};

class Run {
 public:
  Run(uint64_t seed, RunOptions options)
      : choices_(seed), estimates_err_(options.estimates_err), options_(std::move(options)) {
    for (uint32_t i = 0; i <= choices_.below(4); ++i) add_meter(i);
    for (const ModelLimit& limit : model_.limits)
      limits_.push_back(
          {limit.meter, limit.strict,
           choices_.one_in(2) ? std::optional(limit.amount) : std::optional<Amount>()});
    start(*parse_time(pick(beginnings)));
    for (const char* key : keys) ask_without_charge(key);
  }
  Run(const Run&) = delete;
  ~Run() {
    open_.clear();
    world_.reset();
  }

  void go(int steps) {
    for (int i = 0; i < steps; ++i) {
      switch (choices_.below(5)) {
        case 0:
          pass_time();
          break;
        case 1:
        case 2:
          reserve();
          break;
        case 3:
          end_one();
          break;
        case 4:
          compare_usage();
          if (choices_.one_in(6)) world_->meters->sweep();
          if (options_.restarts && choices_.one_in(6)) restart();
          break;
      }
    }
    open_.clear();
    for (Charged& c : model_.all) c.open = false;
    if (!estimates_err_) check_that_no_limit_was_passed();
  }

 private:
  void start(int64_t now) {
    clock_.set(now);
    stores_ = options_.open(clock_);
    world_.emplace(model_.meters, limits_, std::vector<meters::Reads>(), &stores_->counters());
    world_->clock.set(now);
  }

  // What is in flight then never ends: it counts as it was estimated, and its slots are free.
  void restart() {
    int64_t now = this->now();
    stores_->stop();
    open_.clear();
    world_.reset();
    stores_.reset();
    for (Charged& c : model_.all) c.open = false;
    start(now);
  }

  void add_meter(uint32_t number) {
    Measure measure = pick(measures);
    plan::Window window = pick(windows);
    if (measure == Measure::concurrent) window = {Kind::ever, 0};
    model_.meters.push_back(meter_of(measure, window, pick(zones)));
    for (uint32_t i = 0; i < choices_.below(3); ++i) {
      Amount amount = 1 + choices_.below(40);
      Amount burst = choices_.one_in(3) ? 1 + choices_.below(50) : amount;
      model_.limits.push_back({number, choices_.one_in(3), amount, burst});
    }
  }

  int64_t now() const { return world_->clock.now(); }

  // A computed amount is known from the first question on, so all are asked before anything is
  // counted.
  void ask_without_charge(const char* key) {
    std::vector<meters::Charge> charges;
    for (uint32_t i = 0; i < model_.meters.size(); ++i) charges.push_back({i, key, 0});
    meters::Reservation held;
    world_->meters->reserve(charges, asks(), held, world_->verdict);
    REQUIRE(world_->verdict.admitted);
    world_->meters->release(held);
  }

  std::vector<meters::Ask> asks() const {
    std::vector<meters::Ask> asks;
    for (uint32_t i = 0; i < model_.limits.size(); ++i) {
      const ModelLimit& limit = model_.limits[i];
      asks.push_back({i, limit.meter, limit.amount, limit.burst, 100 - i});
    }
    return asks;
  }

  void pass_time() {
    static constexpr int64_t steps[] = {1,      second / 3, second, 7 * second,
                                        minute, hour,       day,    31 * day};
    int64_t step = pick(steps);
    if (step < minute) step *= 1 + choices_.below(5);
    // To the very end of a window, or just before.
    uint32_t meter = choices_.below(static_cast<uint32_t>(model_.meters.size()));
    Span window = model_.window(meter, now());
    if (choices_.one_in(3) && window.end != int_max) step = window.end - now() - choices_.below(2);
    world_->after(std::max<int64_t>(step, 0));
  }

  void reserve() {
    const char* key = pick(keys);
    std::vector<meters::Charge> charges;
    for (uint32_t i = 0; i < model_.meters.size(); ++i)
      charges.push_back(
          {i, key, model_.concurrent(i) ? 1 : static_cast<Amount>(choices_.below(12))});
    std::vector<bool> admits;
    for (const ModelLimit& limit : model_.limits)
      admits.push_back(model_.admits(limit, key, now(), charges[limit.meter].amount));
    Open open;
    auto asked = asks();
    const meters::Verdict& verdict = world_->verdict;
    world_->meters->reserve(charges, asked, open.held, world_->verdict);
    check_verdict(verdict, admits, charges, key);
    if (!verdict.admitted) return;
    for (const meters::Charge& charge : charges) {
      open.charged.push_back(model_.all.size());
      model_.all.push_back({charge.meter, key, now(), charge.amount, true});
    }
    if (choices_.one_in(4)) extend(open, asked, key);
    open_.push_back(std::move(open));
  }

  void check_verdict(const meters::Verdict& verdict, const std::vector<bool>& admits,
                     const std::vector<meters::Charge>& charges, const char* key) {
    std::vector<bool> found(admits.size(), true);
    int64_t longest = 0;
    uint32_t last = 0;
    for (const meters::Refusal& refusal : verdict.refused) {
      found[refusal.ask] = false;
      longest = std::max(longest, refusal.wait);
      last = refusal.ask;
      const ModelLimit& limit = model_.limits[refusal.ask];
      if (refusal.wait == never || model_.concurrent(limit.meter)) continue;
      Amount amount = charges[limit.meter].amount;
      CHECK(model_.admits(limit, key, now() + refusal.wait, amount));
      CHECK_FALSE(model_.admits(limit, key, now() + refusal.wait - 1, amount));
    }
    CHECK(found == admits);
    CHECK(verdict.admitted == verdict.refused.empty());
    if (verdict.admitted) return;
    CHECK(verdict.retry_after == longest);
    CHECK(verdict.refusing == last);  // ranks descend
  }

  void extend(Open& open, const std::vector<meters::Ask>& asked, const char* key) {
    std::vector<Amount> amounts;
    bool fits = true;
    for (size_t at : open.charged)
      amounts.push_back(model_.all[at].amount + (model_.concurrent(model_.all[at].meter)
                                                     ? 0
                                                     : static_cast<Amount>(choices_.below(4))));
    for (const ModelLimit& limit : model_.limits) {
      Amount more = amounts[limit.meter] - model_.all[open.charged[limit.meter]].amount;
      if (more > 0) fits &= model_.admits(limit, key, now(), more);
    }
    CHECK(world_->meters->extend(open.held, amounts, asked) == fits);
    for (size_t i = 0; fits && i < amounts.size(); ++i)
      model_.all[open.charged[i]].amount = amounts[i];
  }

  void end_one() {
    if (open_.empty()) return;
    size_t which = choices_.below(static_cast<uint32_t>(open_.size()));
    Open open = std::move(open_[which]);
    open_.erase(open_.begin() + static_cast<ptrdiff_t>(which));
    std::vector<Amount> used;
    bool failed = choices_.one_in(3);
    for (size_t at : open.charged) {
      Charged& charged = model_.all[at];
      Amount most = charged.amount + (estimates_err_ ? 6 : 0);
      charged.amount = failed ? 0 : choices_.below(static_cast<uint32_t>(most) + 1);
      charged.open = false;
      used.push_back(charged.amount);
    }
    if (failed)
      world_->meters->release(open.held);
    else
      world_->meters->settle(open.held, used);
  }

  void compare_usage() {
    for (uint32_t meter = 0; meter < model_.meters.size(); ++meter)
      for (const char* key : keys) {
        CAPTURE(meter);
        CAPTURE(format_time(now()));
        CHECK(world_->meters->read(meter, key).used ==
              static_cast<Amount>(model_.used(meter, key, now())));
      }
  }

  // In no window is more than the limit, or than limit and burst of a bucket.
  void check_that_no_limit_was_passed() {
    for (const ModelLimit& limit : model_.limits) {
      if (model_.concurrent(limit.meter)) continue;
      int64_t length = Model::length(model_.meters[limit.meter].window);
      Amount most = limit.amount + (length > 0 && !limit.strict ? limit.burst : 0);
      for (const Charged& c : model_.all) {
        Span span = length > 0 ? Span{c.time, c.time + length} : model_.window(limit.meter, c.time);
        CHECK(model_.sum(limit.meter, c.key, span) <= most);
      }
    }
  }

  template <class T, size_t n>
  const T& pick(const T (&all)[n]) {
    return all[choices_.below(n)];
  }

  Choices choices_;
  bool estimates_err_;
  const RunOptions options_;
  Model model_;
  std::vector<meters::Limit> limits_;
  VirtualClock clock_;
  std::unique_ptr<stores::Stores> stores_;
  std::optional<Metering> world_;
  std::vector<Open> open_;
};

}  // namespace aipol::testing::model
