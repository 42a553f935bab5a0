#include "runtime/meters/charges.h"

#include <algorithm>

namespace aipol::meters {

namespace {

constexpr size_t kept_capacity = 64;  // of a queue that is empty

int64_t cell(int64_t time, int64_t grain) { return time / grain - (time % grain < 0); }

}  // namespace

Amount Charges::add(int64_t time, Amount amount, uint32_t open) {
  if (empty() || all_.back().time != time) {
    all_.push_back({time, amount, open});
    return amount;
  }
  Counted& last = all_.back();
  Amount before = last.amount;
  last.amount = saturating_add(before, amount);
  last.open += open;
  return last.amount - before;
}

void Charges::drop_front() {
  ++head_;
  if (empty()) {
    head_ = 0;
    if (all_.capacity() > kept_capacity)
      std::vector<Counted>().swap(all_);
    else
      all_.clear();
  } else if (head_ >= kept_capacity && head_ * 2 >= all_.size()) {
    all_.erase(all_.begin(), all_.begin() + static_cast<ptrdiff_t>(head_));
    head_ = 0;
  }
}

Counted* Charges::find(int64_t time) {
  auto from = all_.begin() + static_cast<ptrdiff_t>(head_);
  auto found = std::lower_bound(from, all_.end(), time,
                                [](const Counted& c, int64_t t) { return c.time < t; });
  return found == all_.end() ? nullptr : &*found;
}

void Charges::join(int64_t grain) {
  size_t last = head_;
  for (size_t i = head_ + 1; i < all_.size(); ++i) {
    if (cell(all_[i].time, grain) != cell(all_[last].time, grain)) {
      all_[++last] = all_[i];
      continue;
    }
    all_[last].time = all_[i].time;
    all_[last].amount = saturating_add(all_[last].amount, all_[i].amount);
    all_[last].open += all_[i].open;
  }
  all_.resize(last + 1);
}

void Charges::close_all() {
  for (Counted& counted : all_) counted.open = 0;
}

void Charges::write(ByteWriter& to, int64_t base) const {
  to.word(size());
  for (const Counted& counted : *this) {
    to.time(counted.time, base);
    to.number(counted.amount);
    to.word(counted.open);
    base = counted.time;
  }
}

void Charges::read(ByteReader& from, int64_t base, size_t most, Amount least) {
  all_.clear();
  head_ = 0;
  for (size_t left = from.count(most); left > 0; --left) {
    Counted counted;
    counted.time = from.time(base);
    counted.amount = from.number();
    counted.open = static_cast<uint32_t>(from.count(UINT32_MAX));
    bool ascends = all_.empty() || counted.time > all_.back().time;
    if (!ascends || counted.amount < least) from.fail();
    if (from.bad()) return;
    all_.push_back(counted);
    base = counted.time;
  }
}

}  // namespace aipol::meters
