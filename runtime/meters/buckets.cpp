#include "runtime/meters/buckets.h"

#include <bit>

namespace aipol::meters {

namespace {

constexpr Wide most_lack = (Wide{1} << 126) - 1;  // leaves room for one amount times a length

// Both are below 2^63.
Wide product(int64_t a, int64_t b) { return Wide{a} * b; }

}  // namespace

void Buckets::drain(Wide& lack, int64_t& time, int64_t now, Amount rate) {
  if (now <= time) return;
  int64_t elapsed = narrow(Wide{now} - time);
  lack = std::max<Wide>(0, lack - product(elapsed, rate));
  time = now;
}

void Buckets::fill(Wide& lack, Amount amount, int64_t length) {
  lack = std::min(most_lack, lack + product(amount, length));
}

void Buckets::fit(const Rule& rule) {
  if (buckets_.size() < rule.limits.size()) buckets_.resize(rule.limits.size());
  for (size_t i = 0; i < rule.limits.size(); ++i)
    if (rule.limits[i].bound == Bound::bucket && rule.limits[i].amount)
      set_rate(buckets_[i], *rule.limits[i].amount);
}

void Buckets::set_rate(Bucket& bucket, Amount rate) {
  rate = std::max<Amount>(rate, 0);
  if (bucket.rate == rate) return;
  bucket.rate = rate;
  if (!open_.empty()) stale_ = true;
}

void Buckets::add(const Rule& rule, int64_t time, Amount amount, bool open) {
  fit(rule);
  if (open || !open_.empty()) {
    open_.add(time, amount, open ? 1 : 0);
    if (open_.size() > most_open) shorten(rule);
  }
  for (Bucket& bucket : buckets_) {
    if (bucket.rate < 0) continue;
    drain(bucket.lack, bucket.time, time, bucket.rate);
    fill(bucket.lack, amount, rule.length);
    if (!open_.empty()) continue;
    bucket.settled = bucket.lack;
    bucket.settled_at = time;
  }
}

void Buckets::settle_front(const Rule& rule) {
  for (Bucket& bucket : buckets_) {
    if (bucket.rate < 0) continue;
    drain(bucket.settled, bucket.settled_at, open_.front().time, bucket.rate);
    fill(bucket.settled, open_.front().amount, rule.length);
  }
  open_.drop_front();
}

void Buckets::shorten(const Rule& rule) {
  int64_t last = open_[open_.size() - 1].time;
  int64_t oldest = narrow(Wide{last} - 2 * Wide{rule.length});
  while (open_.front().time < oldest) {
    forgotten_until_ = open_.front().time;
    settle_front(rule);
  }
  if (open_.size() <= most_open / 2) return;
  // Powers of two, so that joining again moves nothing twice.
  auto span = static_cast<uint64_t>(last) - static_cast<uint64_t>(open_.front().time);
  open_.join(static_cast<int64_t>(std::bit_ceil(span / (most_open / 2) + 1)));
  stale_ = true;
}

void Buckets::add_late(const Rule& rule, Amount amount) {
  if (!open_.empty()) {
    open_.add(open_[open_.size() - 1].time, amount, 0);
    stale_ = true;
    return;
  }
  for (Bucket& bucket : buckets_) {
    fill(bucket.lack, amount, rule.length);
    bucket.settled = bucket.lack;
    bucket.settled_at = bucket.time;
  }
}

void Buckets::change(const Rule& rule, int64_t time, Wide difference) {
  if (difference == 0) return;
  if (time <= forgotten_until_) {
    if (difference > 0) add_late(rule, narrow(difference));
    return;
  }
  Counted* counted = open_.find(time);
  if (!counted) return;
  counted->amount = std::max<Amount>(0, narrow(counted->amount + difference));
  stale_ = true;
}

void Buckets::close(const Rule& rule, int64_t time, Wide difference) {
  change(rule, time, difference);
  Counted* counted = time > forgotten_until_ ? open_.find(time) : nullptr;
  if (!counted || counted->open == 0) return;
  --counted->open;
  while (!open_.empty() && open_.front().open == 0) settle_front(rule);
  if (open_.empty() && stale_) recompute(rule);
}

void Buckets::recompute(const Rule& rule) {
  stale_ = false;
  for (Bucket& bucket : buckets_) {
    if (bucket.rate < 0) continue;
    bucket.lack = bucket.settled;
    bucket.time = bucket.settled_at;
    for (const Counted& counted : open_) {
      drain(bucket.lack, bucket.time, counted.time, bucket.rate);
      fill(bucket.lack, counted.amount, rule.length);
    }
  }
}

int64_t Buckets::wait(const Rule& rule, int64_t now, Amount need, const Demand& demand) {
  fit(rule);
  Bucket& bucket = buckets_[demand.limit];
  set_rate(bucket, demand.amount);
  if (stale_) recompute(rule);
  drain(bucket.lack, bucket.time, now, bucket.rate);
  Wide over = bucket.lack + product(need, rule.length) - product(demand.burst, rule.length);
  if (over <= 0) return 0;
  if (need > demand.burst || bucket.rate == 0) return never;
  return narrow((over + bucket.rate - 1) / bucket.rate);
}

int64_t Buckets::idle_from() const {
  if (!open_.empty()) return never;
  int64_t latest = int_min;
  for (const Bucket& bucket : buckets_) {
    if (bucket.lack == 0) continue;
    if (bucket.rate <= 0) return never;
    latest = std::max(latest, narrow(bucket.time + (bucket.lack + bucket.rate - 1) / bucket.rate));
  }
  return latest;
}

}  // namespace aipol::meters
