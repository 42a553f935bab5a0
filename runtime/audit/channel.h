// One sink: a queue of records, the thread that chains and writes them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "plan/deployment.h"
#include "runtime/audit/backoff.h"
#include "runtime/audit/chain.h"
#include "runtime/audit/log.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

class Channel {
 public:
  using Call = std::move_only_function<void()>;
  using Time = std::chrono::steady_clock::time_point;

  Channel(const plan::Sink& sink, std::unique_ptr<Writer> writer, const Options& options,
          Milliseconds longest_retry);
  ~Channel();
  Channel(const Channel&) = delete;

  bool has_room() const {
    return queued_bytes_.load(std::memory_order_relaxed) < most_bytes_ ||
           unbounded_.load(std::memory_order_relaxed);
  }
  // From now on there always is room.
  void stop_blocking();
  // Takes the record, however full the queue is.
  void append(std::string_view record);
  void shed() { shed_.fetch_add(1, std::memory_order_relaxed); }
  // Calls back once there is room, or the channel has stopped: perhaps before it returns.
  void when_room(Call call);
  bool stopped() const { return stopping_.load(std::memory_order_relaxed); }

  void adopt(const plan::Sink& sink);
  void reopen();
  bool idle() const;
  void begin_to_stop(Time deadline);
  // Ends the thread: at the deadline, or once everything is written. How many records are lost.
  uint64_t join();

  Statistics statistics() const;

 private:
  struct Batch {
    std::string text;       // chained lines
    std::string_view rest;  // of it: what is not written yet
    uint64_t records = 0, notices = 0;
    size_t queued_bytes = 0;  // what it counts in the queue
  };

  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  bool take(std::unique_lock<std::mutex>& lock);
  void chain(std::string_view records, uint64_t shed);
  void chain_one(std::string_view record);
  void write_batch(std::unique_lock<std::mutex>& lock);
  void do_asked(std::unique_lock<std::mutex>& lock);
  void note(const Result<void>& done, bool& fails);
  void tell_waiters(std::unique_lock<std::mutex>& lock);
  bool out_of_time() const;
  bool finished() const;
  std::string name() const;

  const size_t most_bytes_;
  const Milliseconds gathering_;
  const std::function<void(std::string_view, std::string_view)> trouble_;
  std::unique_ptr<Writer> writer_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Under the mutex.
  std::string waiting_;  // records, each with a line break
  uint64_t waiting_records_ = 0;
  std::vector<Call> waiters_;
  plan::Sink settings_;
  bool adopt_ = false, reopen_ = false, busy_ = false, failing_ = false;
  Time deadline_ = Time::max();

  std::atomic<bool> stopping_ = false, unbounded_ = false;
  std::atomic<size_t> queued_bytes_ = 0;
  std::atomic<uint64_t> queued_records_ = 0, written_ = 0, shed_ = 0, shed_told_ = 0, errors_ = 0,
                        spooled_bytes_ = 0, seq_ = 0;

  // Of the thread.
  bool write_fails_ = false, work_fails_ = false;
  std::string taken_;
  Batch batch_;
  Chain chain_;
  Backoff backoff_;
  std::thread thread_;
};

}  // namespace aipol::audit
