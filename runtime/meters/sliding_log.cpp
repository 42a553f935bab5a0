#include "runtime/meters/sliding_log.h"

#include <bit>

namespace aipol::meters {

void SlidingLog::advance(int64_t length, int64_t now) {
  int64_t begin = saturating_subtract(now, length);
  while (!charges_.empty() && charges_.front().time <= begin) {
    used_ -= charges_.front().amount;
    left_until_ = charges_.front().time;
    charges_.drop_front();
  }
}

void SlidingLog::add(int64_t length, int64_t time, Amount amount) {
  used_ += charges_.add(time, amount, 0);
  constexpr int64_t cells = most_instants / 2;
  if (charges_.size() <= most_instants) return;
  charges_.join(length / cells + 1);
  sum_up();
}

// Joined instants hold at most what an amount can.
void SlidingLog::sum_up() {
  used_ = 0;
  for (const Counted& counted : charges_) used_ += counted.amount;
}

void SlidingLog::shorten(size_t most) {
  if (charges_.size() <= most) return;
  auto span = static_cast<uint64_t>(charges_[charges_.size() - 1].time) -
              static_cast<uint64_t>(charges_.front().time);
  // A power of two, so that joining again moves nothing twice.
  charges_.join(static_cast<int64_t>(std::bit_ceil(span / (most / 2) + 1)));
  sum_up();
}

void SlidingLog::write(ByteWriter& to, int64_t base) const {
  to.time(left_until_, base);
  charges_.write(to, base);
}

void SlidingLog::read(ByteReader& from, int64_t base) {
  left_until_ = from.time(base);
  charges_.read(from, base, most_instants, int_min);
  sum_up();
}

void SlidingLog::change(int64_t time, Wide difference) {
  Counted* counted = time > left_until_ ? charges_.find(time) : nullptr;
  if (!counted) return;
  Amount changed = narrow(counted->amount + difference);
  used_ += Wide{changed} - counted->amount;
  counted->amount = changed;
}

int64_t SlidingLog::wait(int64_t length, int64_t now, Wide most) const {
  if (most < 0) return never;
  Wide left = used_;
  for (const Counted& counted : charges_) {
    if (left <= most) break;
    left -= counted.amount;
    if (left <= most) return narrow(Wide{counted.time} + length - now);
  }
  return 0;
}

int64_t SlidingLog::idle_from(int64_t length) const {
  return charges_.empty() ? int_min : saturating_add(charges_[charges_.size() - 1].time, length);
}

}  // namespace aipol::meters
