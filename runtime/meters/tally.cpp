#include "runtime/meters/tally.h"

#include <algorithm>
#include <cmath>

namespace aipol::meters {

void Tally::advance(const Rule& rule, int64_t now) {
  if (now < window_.end) return;
  bool begun = window_.begin != window_.end;
  if (begun && rule.compares)
    close_window(rule, now);
  else
    window_ = rule.window(now);
  used_ = 0;
}

void Tally::close_window(const Rule& rule, int64_t now) {
  Wide used = used_;
  for (size_t closed = 0; now >= window_.end; ++closed) {
    if (closed > most_past_windows) {  // in all that is kept nothing was counted
      past_.clear();
      window_ = rule.window(now);
      return;
    }
    past_.push_back({window_.begin, used});
    used = 0;
    window_ = rule.window(window_.end);
  }
  if (past_.size() > most_past_windows)
    past_.erase(past_.begin(), past_.end() - static_cast<ptrdiff_t>(most_past_windows));
}

void Tally::add(int64_t time, Wide difference) {
  if (time >= window_.begin) {
    used_ += difference;
    return;
  }
  auto after = std::upper_bound(past_.begin(), past_.end(), time,
                                [](int64_t t, const Past& past) { return t < past.begin; });
  if (after != past_.begin()) std::prev(after)->used += difference;
}

Comparison Tally::compare(Wide with) const {
  auto first = std::find_if(past_.begin(), past_.end(), [](const Past& p) { return p.used != 0; });
  auto count = static_cast<double>(past_.end() - first);
  if (count == 0) return {};
  double sum = 0, squares = 0;
  for (auto past = first; past != past_.end(); ++past) sum += static_cast<double>(past->used);
  double average = sum / count;
  for (auto past = first; past != past_.end(); ++past) {
    double off = static_cast<double>(past->used) - average;
    squares += off * off;
  }
  double deviation = std::max(1.0, std::sqrt(squares / count));
  return {average, count < 3 ? 0.0 : (static_cast<double>(with) - average) / deviation};
}

void Tally::write(ByteWriter& to, int64_t base) const {
  to.time(window_.begin, base);
  to.time(window_.end, window_.begin);
  to.wide(used_);
  to.word(past_.size());
  for (const Past& past : past_) {
    to.time(past.begin, base);
    to.wide(past.used);
    base = past.begin;
  }
}

void Tally::read(ByteReader& from, int64_t base) {
  window_.begin = from.time(base);
  window_.end = from.time(window_.begin);
  used_ = from.wide(most_total);
  if (window_.end < window_.begin) from.fail();
  past_.resize(from.count(most_past_windows));
  int64_t last = int_min;
  for (Past& past : past_) {
    past.begin = base = from.time(base);
    past.used = from.wide(most_total);
    if (past.begin < last || past.begin > window_.begin) from.fail();
    last = past.begin;
  }
}

int64_t Tally::idle_from(const Rule& rule) const {
  bool never_used = used_ == 0 && std::all_of(past_.begin(), past_.end(),
                                              [](const Past& past) { return past.used == 0; });
  if (never_used) return int_min;
  if (!rule.compares) return window_.end;
  // A bound on the length of all windows that are kept: days to years differ by less than a third,
  // and an hour is only shorter than its name.
  Wide longest = std::max<Wide>(Wide{window_.end} - window_.begin, rule.length);
  Wide kept = longest * (most_past_windows + 1) * 4 / 3;
  return narrow(window_.end + kept);
}

}  // namespace aipol::meters
