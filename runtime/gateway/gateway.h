// The gateway: serves a policy set over HTTP until it is told to stop. One thread a core, each with
// its own event loop and acceptor. What a request goes through is serve_request.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/decision/program.h"

namespace aipol::gateway {

struct Options {
  std::optional<std::string> listen;  // "127.0.0.1:8080", "[::1]:0"; overrides the policy set's
  std::optional<std::string> admin;   // the same of the address for operators
  std::filesystem::path recording;    // what replaying needs is appended here; empty: nowhere
  unsigned threads = 0;               // 0: one a core
  int log = 1;  // standard output: records that go to no sink of the set (record.h); not closed
  int announce = 2;  // descriptor that gets "listening on 127.0.0.1:8080" once, and troubles
};

struct Loaded {
  std::shared_ptr<const decision::Program> program;
  std::function<void()> afterwards;  // what is left to be done once it serves; may be null
};

// Where policy sets come from: the command line's part, for the gateway knows no compiler. Used by
// one thread at a time.
struct Policies {
  std::function<Result<Loaded>()> load;  // as the files are now; the error may have many lines
  std::function<uint64_t()> stamp;       // another number once policy files changed
  std::filesystem::path folder;          // relative files are looked for here
};

// Loads the policies and everything they name, listens, serves, and loads them again when their
// files change or SIGHUP comes. Returns when SIGTERM or SIGINT has come and the requests in flight
// are done or gateway.drain_timeout has passed; a second signal ends those too. An error where it
// cannot start: no key file, no secret, a busy port, a bad address; one line, nothing was served.
// Afterwards the calling thread takes none of these signals any more.
// `shadow`, where given, is tried beside them (runtime/shadow).
Result<void> serve(const Options& options, Policies& policies, Policies* shadow = nullptr);

}  // namespace aipol::gateway
