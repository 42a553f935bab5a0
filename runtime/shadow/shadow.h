// A policy set that decides live traffic beside the one in force and enforces nothing: what
// `serve --shadow` shows before a change ships. Requests that have ended are decided again on a
// thread of its own and of low priority, by the code that serves, with counters, sessions and kept
// answers of its own that begin empty.
//
// Serving never waits for it: what it can not keep up with is skipped and counted.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "runtime/offline/simulation.h"
#include "runtime/shadow/done.h"

namespace aipol::shadow {

// A request that has ended.
struct Seen {
  offline::DescribedCall call;         // as the client sent it and the upstream answered
  Done done;                           // what the set in force did
  std::string version;                 // of that set
  std::shared_ptr<const void> server;  // what serves that set, for whoever is told of it
};

struct Difference {
  std::string_view what;  // as `difference` names it
  const Seen& seen;
  const Done& after;
  std::string_view version;  // of the shadow
};

struct Change {
  std::string what, from, to;     // decisions: allow, deny
  std::string policy, statement;  // that decides otherwise; empty: none does
  uint64_t count = 0;
  std::vector<std::string> examples;  // ids of the first requests
};

struct Statistics {
  std::string version;
  int64_t since = 0;  // when it was loaded, nanoseconds since the epoch
  uint64_t decided = 0, same = 0, changed = 0, skipped = 0;
  std::vector<Change> changes;  // the most frequent first
};

class Shadow {
 public:
  static constexpr size_t most_waiting = 4096;            // requests
  static constexpr size_t most_waiting_bytes = 64 << 20;  // of their texts
  static constexpr size_t most_changes = 1000;            // kinds that are told apart
  static constexpr size_t most_examples = 5;

  // Called on its thread for every request that is decided otherwise; may wait.
  using Tell = std::function<void(const Difference&)>;

  static Result<std::unique_ptr<Shadow>> make(std::shared_ptr<const decision::Program> program,
                                              enforce::Assets assets, int64_t now, Tell tell);
  ~Shadow();
  Shadow(const Shadow&) = delete;

  // Another version from the next request on; all begins anew.
  Result<void> adopt(std::shared_ptr<const decision::Program> program, enforce::Assets assets,
                     int64_t now);

  // Any thread; takes no longer than a lock that is held for the length of a move.
  void submit(Seen seen);

  // What it needs to be told of requests.
  std::shared_ptr<const decision::Program> program() const;
  bool reads_answers() const;

  Statistics statistics() const;

 private:
  explicit Shadow(Tell tell) : tell_(std::move(tell)) {}
  void run();
  void decide(offline::Simulation& simulation, Seen& seen);
  void count(const Difference& difference);

  Tell tell_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  // Under the mutex.
  std::vector<Seen> waiting_;
  size_t waiting_bytes_ = 0;
  std::shared_ptr<offline::Simulation> simulation_;
  std::shared_ptr<const decision::Program> program_;
  Statistics counted_;
  std::map<std::array<std::string, 5>, Change> changes_;
  bool stopping_ = false;

  std::thread thread_;
};

// `{"version": …, "since": …, "records": …, "same": …, "changed": …, "skipped": …, "changes": […]}`
std::string page(const Statistics& statistics);

}  // namespace aipol::shadow
