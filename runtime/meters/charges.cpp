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

}  // namespace aipol::meters
