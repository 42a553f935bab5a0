// Counters and sessions in memory, written behind to a file.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/enforce/memory_sessions.h"
#include "runtime/meters/memory_store.h"
#include "runtime/stores/sqlite_file.h"
#include "runtime/stores/stores.h"

namespace aipol::stores {

// What changed is written by a thread of its own, in one transaction a window. A transaction that
// refused writes what it saw before it returns, where that is unwritten. No lock that others need
// is held while the disk is waited for. What can not be written is written again later; meanwhile
// it is lost if the process dies.
class SqliteStores final : public Stores {
 public:
  static Result<std::unique_ptr<Stores>> open(Options options, const Clock& clock);
  ~SqliteStores() override { stop(); }

  meters::Store& counters() override { return counters_; }
  enforce::Sessions& sessions() override { return sessions_; }
  Statistics statistics() const override;
  void stop() override;

 private:
  // The counters in memory, with refusals that last.
  class Counters final : public meters::Store {
   public:
    Counters(SqliteStores& stores, size_t most_bytes) : memory(most_bytes), stores_(stores) {}
    uint32_t meter(std::string_view identity) override { return memory.meter(identity); }
    void sweep(int64_t now) override { memory.sweep(now); }
    meters::Outcome transact(std::span<const meters::Address> addresses, Missing missing,
                             int64_t now, meters::Step& step) override;
    meters::MemoryStore memory;

   private:
    SqliteStores& stores_;
  };

  SqliteStores(Options options, const Clock& clock, std::unique_ptr<SqliteFile> file);
  Result<void> load();
  Result<void> load_counter(CounterRow row, int64_t now);
  void write_behind();
  void keep_refusal(std::span<const meters::Address> addresses);
  // With `writing_`.
  void write_all();
  void write();
  void note(const Result<void>& written);
  const std::string& name(uint32_t meter);

  const Options options_;
  const Clock& clock_;
  std::unique_ptr<SqliteFile> file_;
  Counters counters_;
  enforce::MemorySessions sessions_;

  // Of whoever writes: the thread, or one that keeps a refusal.
  mutable std::mutex writing_;
  uint32_t take_ = 1;
  std::vector<meters::MemoryStore::Change> changes_;
  std::map<std::pair<uint32_t, std::string>, std::string> counters_to_write_;
  std::map<std::string, SessionRow> sessions_to_write_;
  std::vector<std::string> names_;  // of meters
  std::chrono::steady_clock::time_point failed_at_{};
  Statistics statistics_;

  std::mutex stopping_;
  std::condition_variable stop_asked_;
  bool stops_ = false;
  std::atomic<bool> stopped_{false};
  std::thread thread_;
};

}  // namespace aipol::stores
