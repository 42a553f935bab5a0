// Where audit records and alerts go: the sinks of a policy set, each with a queue and a thread of
// its own, so that one that hangs holds up no other. Records are chained and written in the order
// in which they were submitted; nothing is dropped in silence.
//
//   Log                     lasts as long as the gateway
//     configure(sinks)  ->  Outlet, what one version of the set submits to; sinks that the next
//                           version has too are handed on with their queue, chain and file
//
// A sink that can not keep up, or fails, fills its queue. Then, as the policy set says, either
// `try_submit` says no and requests wait (`block`), or records are counted and left out, and a
// record of the kind `shed` tells how many (`shed`).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/deployment.h"

namespace aipol::audit {

class Channel;

struct Options {
  std::filesystem::path folder;  // relative files are looked for here
  // The text of a secret; the error says which is missing and why.
  std::function<Result<std::string>(const plan::Secret&)> secret;
  // Told once when a sink begins to fail and once when it works again: its name, one sentence. Any
  // thread; must not block.
  std::function<void(std::string_view sink, std::string_view what)> trouble;
  int standard_output = 1;                       // what sinks of the kind `stdout` write to
  size_t most_waiting_bytes = 32 * 1024 * 1024;  // of a sink's queue
  int64_t most_spool_bytes = int64_t{1} << 30;   // of a sink's spool
  std::chrono::milliseconds gathering{10};       // records of this time are written together
  std::chrono::milliseconds first_retry{200}, longest_retry{60'000};
  std::chrono::milliseconds request_timeout{10'000};  // of a webhook or collector
};

// A sink's figures, since it was opened.
struct Statistics {
  std::string name, kind;
  uint64_t written = 0;  // records that the sink took
  uint64_t shed = 0;     // records that were left out
  uint64_t errors = 0;   // failed attempts to write
  uint64_t queued = 0;   // records that wait, those in the spool not counted
  uint64_t queued_bytes = 0;
  uint64_t spooled_bytes = 0;  // that wait on disk
  uint64_t seq = 0;            // of the last record in the chain
  bool failing = false;        // the last attempt failed
};

// The sinks of one version of a set, by their number in it. Any thread. Keeps its sinks open.
class Outlet {
 public:
  Outlet(std::vector<std::shared_ptr<Channel>> channels, bool blocks);

  // Gives a record to each of the sinks. False where one has no room and requests wait: nobody got
  // it then. `line` is one JSON object as this folder writes it, without a line break. Numbers that
  // do not exist are bugs.
  bool try_submit(std::span<const uint32_t> sinks, std::string_view line);

  // Whether requests wait for one of the sinks.
  bool blocks(std::span<const uint32_t> sinks) const;

  // Calls back once when all of the sinks had room, from another thread or before it returns, to
  // try again then. Called back, too, when the log stops.
  void when_room(std::span<const uint32_t> sinks, std::move_only_function<void()> call);

  // For threads that may wait. False: the log has stopped.
  bool submit(std::span<const uint32_t> sinks, std::string_view line);

  size_t size() const { return channels_.size(); }

 private:
  std::vector<std::shared_ptr<Channel>> channels_;
  bool blocks_;
};

class Log {
 public:
  explicit Log(Options options);
  ~Log();
  Log(const Log&) = delete;

  // Opens what is not open yet. An error names the sink and opens nothing. What the new version
  // does not have is closed once no outlet has it any more and its queue is empty.
  Result<std::shared_ptr<Outlet>> configure(const std::vector<plan::Sink>& sinks, bool blocks);

  // Files are opened anew under their names: after others moved them away (SIGHUP).
  void reopen();

  // Nobody waits for room any more: records queue beyond what a queue holds. For the end, so that
  // it does not wait for a sink that hangs.
  void stop_blocking();

  // Waits until everything that was submitted has been written, at most so long, and ends the
  // threads. What then still waits, and is not in a spool, is lost: their number, which is also
  // reported as trouble. Nothing may be submitted afterwards.
  uint64_t stop(std::chrono::milliseconds longest);

  std::vector<Statistics> statistics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aipol::audit
