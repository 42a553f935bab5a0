#include "replay/timeline.h"

#include <algorithm>
#include <limits>

namespace aipol::replay {

namespace {

constexpr int64_t second = 1'000'000'000;

// Steps that people know; each is a multiple of the one before, so that counts add up.
constexpr int64_t steps[] = {1,     5,     15,     60,      300,      900,      3600,
                             21600, 86400, 604800, 2419200, 29030400, 290304000};

int64_t next_step(int64_t step) {
  for (int64_t seconds : steps) {
    if (seconds * second > step) return seconds * second;
  }
  return step;
}

// What came before is counted here: where the longest step begins that has a beginning in 64 bits.
constexpr int64_t earliest =
    std::numeric_limits<int64_t>::min() / (290304000 * second) * (290304000 * second);

int64_t floored(int64_t time, int64_t step) {
  int64_t number = time / step;
  return number - (time % step < 0);
}

}  // namespace

Timeline::Counts& Timeline::Counts::operator+=(const Counts& other) {
  records += other.records;
  changed += other.changed;
  newly_denied += other.newly_denied;
  newly_allowed += other.newly_allowed;
  undetermined += other.undetermined;
  limited_from += other.limited_from;
  limited_to += other.limited_to;
  return *this;
}

void Timeline::widen() {
  int64_t step = next_step(step_);
  std::map<int64_t, Counts> wider;
  for (const auto& [number, counts] : counts_) wider[floored(number * step_, step)] += counts;
  counts_ = std::move(wider);
  step_ = step;
}

void Timeline::widen_for(int64_t first, int64_t last) {
  while (floored(last, step_) - floored(first, step_) >= most_steps && next_step(step_) != step_)
    widen();
}

Timeline::Counts& Timeline::at(int64_t time) {
  time = std::max(time, earliest);
  int64_t number = floored(time, step_);
  if (auto found = counts_.find(number); found != counts_.end()) return found->second;
  int64_t first = time, last = time;
  if (!counts_.empty()) {
    first = std::min(first, counts_.begin()->first * step_);
    last = std::max(last, counts_.rbegin()->first * step_);
  }
  widen_for(first, last);
  return counts_[floored(time, step_)];
}

void Timeline::merge(const Timeline& other) {
  if (other.counts_.empty()) return;
  while (step_ < other.step_) widen();
  for (const auto& [number, counts] : other.counts_) at(number * other.step_) += counts;
}

Timeline Timeline::of(int64_t step, std::map<int64_t, Counts> counts) {
  Timeline made;
  made.step_ = step;
  made.counts_ = std::move(counts);
  return made;
}

}  // namespace aipol::replay
