// Where a gateway keeps its counters and sessions, as `gateway { state: … }` says:
//
//   memory   in this process; gone with it.
//   sqlite   in this process, written behind to a file every `window`. A killed process loses what
//   it
//            used in its last window, and never a refusal: what a limit saw when it said no is in
//            the file before the caller hears of it. What was reserved and never settled counts as
//            it was estimated; concurrent slots are free again.
//   redis    on a server, for all gateways that name it and use the same `space`. Each transaction
//   is
//            atomic there. What a gateway that died had reserved counts as it was estimated; its
//            slots are free a few seconds later.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/enforce/sessions.h"
#include "runtime/meters/store.h"

namespace aipol::stores {

// What becomes of requests while a server can not be reached:
//   deny    they are refused.
//   allow   they pass uncounted.
//   local   this gateway counts alone, from what it knew last; what is used is added to the server
//           once it is back.
enum class WhenAway : uint8_t { deny, allow, local };

struct Options {
  plan::State state;
  WhenAway when_away = WhenAway::deny;
  std::chrono::nanoseconds window = std::chrono::milliseconds(100);
  std::filesystem::path folder;             // where a relative file of `sqlite` lies
  std::chrono::milliseconds patience{250};  // with which a server's reply is awaited
  std::string space = "aipol";              // gateways share on a server what has the same
  size_t most_bytes = size_t{1} << 30;      // of counters in this process
  // Is told, by any thread, in one sentence, when something goes wrong and when it is well again.
  std::function<void(const std::string&)> report = [](const std::string&) {};
};
// A member of StateError.
WhenAway when_away(const std::string& name);

struct Statistics {
  size_t counters = 0;     // in this process's memory
  size_t unwritten = 0;    // counters and sessions that the next write is to write
  int64_t last_write = 0;  // nanoseconds since the epoch; 0: none yet
  uint64_t writes = 0;     // transactions of the file
  uint64_t write_errors = 0;
  uint64_t round_trips = 0;   // to the server
  uint64_t transactions = 0;  // that these carried
  uint64_t conflicts = 0;     // round trips that another gateway had come before
  int64_t away_since = 0;     // nanoseconds since the epoch; 0: the server can be reached
  uint64_t refused = 0;       // transactions that found it away: refused
  uint64_t passed = 0;        // uncounted
  uint64_t alone = 0;         // counted here
  size_t owed = 0;            // steps that wait for the server
  uint64_t lost = 0;          // steps that were too many to be kept for it
};

// Both stores may be used by many threads, as long as this lives.
class Stores {
 public:
  virtual ~Stores() = default;
  virtual meters::Store& counters() = 0;
  virtual enforce::Sessions& sessions() = 0;
  virtual Statistics statistics() const = 0;
  // Writes what is unwritten and ends what runs beside. For when no request is left: what comes
  // after is kept nowhere.
  virtual void stop() {}
};

// The error names what is wrong with the file or the address, never a password. A server that can
// not be reached is no error: it is awaited. `clock` must outlive the stores.
Result<std::unique_ptr<Stores>> open(Options options, const Clock& clock);

}  // namespace aipol::stores
