// A value that a background thread replaces while many threads read it. Readers neither lock nor
// wait; a writer waits until nobody reads the old value any more.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

namespace aipol {

// Spreads threads over cache lines.
inline constexpr size_t published_stripes = 16;

inline size_t published_stripe() {
  static std::atomic<size_t> next{0};
  thread_local const size_t mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine % published_stripes;
}

template <class T>
class Published {
  // Of the two counts new readers use the one that `turn_` names, so that the other runs dry.
  struct alignas(64) Readers {
    std::array<std::atomic<uint32_t>, 2> count{};
  };

 public:
  // The value of the moment, null where there is none yet. It lives as long as this does: for the
  // length of one look, on one thread.
  class Reading {
   public:
    // Counted before the value is loaded: a writer that does not see the count has replaced the
    // value before, and this loads the new one.
    explicit Reading(const Published& from)
        : count_(from.readers_[published_stripe()].count[from.turn_.load() & 1]) {
      count_.fetch_add(1);
      value_ = from.value_.load();
    }
    ~Reading() { count_.fetch_sub(1); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    explicit operator bool() const { return value_ != nullptr; }
    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_; }

   private:
    std::atomic<uint32_t>& count_;
    const T* value_;
  };

  explicit Published(std::unique_ptr<const T> value = nullptr) : value_(value.release()) {}
  ~Published() { delete value_.load(); }
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;

  Reading read() const { return Reading(*this); }

  // Never while this thread reads.
  void replace(std::unique_ptr<const T> value) {
    const std::lock_guard<std::mutex> one_writer(writing_);
    const std::unique_ptr<const T> old(value_.exchange(value.release()));
    wait_for(turn_.fetch_add(1) & 1);
    wait_for(turn_.fetch_add(1) & 1);
  }

 private:
  void wait_for(size_t turn) const {
    for (const Readers& readers : readers_) {
      while (readers.count[turn].load() != 0)
        std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }

  mutable std::array<Readers, published_stripes> readers_;
  std::atomic<uint64_t> turn_{0};
  std::atomic<const T*> value_;
  std::mutex writing_;
};

}  // namespace aipol
