#include "runtime/stores/backlog.h"

#include <algorithm>
#include <iterator>

namespace aipol::stores {

// Steps say not what they take: a charge for each counter.
size_t Backlog::bytes_of(const Owed& owed) {
  size_t bytes = sizeof(Owed) + 128;
  for (const auto& [meter, key] : owed.counters) bytes += 128 + key.size();
  return bytes;
}

void Backlog::add(std::span<const meters::Address> counters, meters::Store::Missing missing,
                  int64_t now, std::unique_ptr<meters::Step> step, Owed::If when) {
  if (!step) return;
  Owed owed{{}, missing, now, std::move(step), when};
  for (const meters::Address& address : counters)
    owed.counters.emplace_back(address.meter, std::string(address.key));
  size_t bytes = bytes_of(owed);
  std::lock_guard lock(mutex_);
  if (bytes_ + bytes > most_bytes_) {
    ++lost_;
    return;
  }
  bytes_ += bytes;
  owed_.push_back(std::move(owed));
}

std::vector<Owed> Backlog::take(size_t most) {
  std::vector<Owed> taken;
  std::lock_guard lock(mutex_);
  while (!owed_.empty() && taken.size() < most && owed_.front().when == Owed::If::always) {
    bytes_ -= bytes_of(owed_.front());
    taken.push_back(std::move(owed_.front()));
    owed_.pop_front();
  }
  return taken;
}

void Backlog::put_back(std::vector<Owed> owed) {
  std::lock_guard lock(mutex_);
  for (const Owed& one : owed) bytes_ += bytes_of(one);
  owed_.insert(owed_.begin(), std::move_iterator(owed.begin()), std::move_iterator(owed.end()));
}

void Backlog::resolve(bool done) {
  std::lock_guard lock(mutex_);
  Owed::If void_now = done ? Owed::If::batch_not_done : Owed::If::batch_done;
  std::erase_if(owed_, [&](const Owed& owed) {
    if (owed.when == void_now) bytes_ -= bytes_of(owed);
    return owed.when == void_now;
  });
  for (Owed& owed : owed_) owed.when = Owed::If::always;
}

size_t Backlog::size() const {
  std::lock_guard lock(mutex_);
  return owed_.size();
}

uint64_t Backlog::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace aipol::stores
