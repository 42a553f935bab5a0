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
  length_ = rule.length;
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
    if (open_.size() > most_open) shorten();
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

void Buckets::settle_front() {
  for (Bucket& bucket : buckets_) {
    if (bucket.rate < 0) continue;
    drain(bucket.settled, bucket.settled_at, open_.front().time, bucket.rate);
    fill(bucket.settled, open_.front().amount, length_);
  }
  open_.drop_front();
}

void Buckets::shorten() {
  int64_t last = open_[open_.size() - 1].time;
  int64_t oldest = narrow(Wide{last} - 2 * Wide{length_});
  while (open_.front().time < oldest) {
    forgotten_until_ = open_.front().time;
    settle_front();
  }
  if (open_.size() <= most_open / 2) return;
  // Powers of two, so that joining again moves nothing twice.
  auto span = static_cast<uint64_t>(last) - static_cast<uint64_t>(open_.front().time);
  open_.join(static_cast<int64_t>(std::bit_ceil(span / (most_open / 2) + 1)));
  stale_ = true;
}

void Buckets::add_late(Amount amount) {
  if (!open_.empty()) {
    open_.add(open_[open_.size() - 1].time, amount, 0);
    stale_ = true;
    return;
  }
  for (Bucket& bucket : buckets_) {
    fill(bucket.lack, amount, length_);
    bucket.settled = bucket.lack;
    bucket.settled_at = bucket.time;
  }
}

void Buckets::change(int64_t time, Wide difference) {
  if (difference == 0) return;
  if (time <= forgotten_until_) {
    if (difference > 0) add_late(narrow(difference));
    return;
  }
  Counted* counted = open_.find(time);
  if (!counted) return;
  counted->amount = std::max<Amount>(0, narrow(counted->amount + difference));
  stale_ = true;
}

void Buckets::close(int64_t time, Wide difference) {
  change(time, difference);
  Counted* counted = time > forgotten_until_ ? open_.find(time) : nullptr;
  if (!counted || counted->open == 0) return;
  --counted->open;
  while (!open_.empty() && open_.front().open == 0) settle_front();
  if (open_.empty() && stale_) recompute();
}

void Buckets::recompute() {
  stale_ = false;
  for (Bucket& bucket : buckets_) {
    if (bucket.rate < 0) continue;
    bucket.lack = bucket.settled;
    bucket.time = bucket.settled_at;
    for (const Counted& counted : open_) {
      drain(bucket.lack, bucket.time, counted.time, bucket.rate);
      fill(bucket.lack, counted.amount, length_);
    }
  }
}

// The limit's bucket as it is now.
Buckets::Bucket& Buckets::at(const Rule& rule, int64_t now, const Demand& demand) {
  fit(rule);
  Bucket& bucket = buckets_[demand.limit];
  set_rate(bucket, demand.amount);
  if (stale_) recompute();
  drain(bucket.lack, bucket.time, now, bucket.rate);
  return bucket;
}

Room Buckets::room(const Rule& rule, int64_t now, const Demand& demand) {
  const Bucket& bucket = at(rule, now, demand);
  Wide left = product(demand.burst, rule.length) - bucket.lack;
  Room room;
  if (left > 0) room.left = narrow(left / rule.length);
  if (bucket.lack > 0)
    room.reset = bucket.rate > 0 ? narrow((bucket.lack + bucket.rate - 1) / bucket.rate) : never;
  return room;
}

int64_t Buckets::wait(const Rule& rule, int64_t now, Amount need, const Demand& demand) {
  const Bucket& bucket = at(rule, now, demand);
  Wide over = bucket.lack + product(need, rule.length) - product(demand.burst, rule.length);
  if (over <= 0) return 0;
  if (need > demand.burst || bucket.rate == 0) return never;
  return narrow((over + bucket.rate - 1) / bucket.rate);
}

void Buckets::close_all() {
  open_.close_all();
  while (!open_.empty()) settle_front();
  if (stale_) recompute();
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

void Buckets::write(ByteWriter& to, int64_t base) const {
  to.number(length_);
  to.word(stale_ ? 1 : 0);
  to.time(forgotten_until_, base);
  to.word(buckets_.size());
  for (const Bucket& bucket : buckets_) {
    to.number(bucket.rate);
    to.time(bucket.time, base);
    to.wide(bucket.lack);
    to.time(bucket.settled_at, base);
    to.wide(bucket.settled);
  }
  open_.write(to, base);
}

void Buckets::read(ByteReader& from, int64_t base) {
  length_ = from.number();
  stale_ = from.word() != 0;
  forgotten_until_ = from.time(base);
  buckets_.resize(from.count(most_buckets));
  for (Bucket& bucket : buckets_) {
    bucket.rate = from.number();
    bucket.time = from.time(base);
    bucket.lack = from.wide(most_lack);
    bucket.settled_at = from.time(base);
    bucket.settled = from.wide(most_lack);
    if (bucket.rate < -1 || bucket.lack < 0 || bucket.settled < 0) from.fail();
    if (from.bad()) break;
  }
  open_.read(from, base, most_open, 0);
  if (length_ < 0) from.fail();
}

}  // namespace aipol::meters
