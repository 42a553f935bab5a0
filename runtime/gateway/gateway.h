// The gateway: serves a policy set over HTTP until it is told to stop. One thread a core, each with
// its own event loop and acceptor. What a request goes through is serve_request.cpp.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/decision/program.h"

namespace aipol::gateway {

struct Options {
  std::optional<std::string> listen;  // "127.0.0.1:8080", "[::1]:0"; overrides the policy set's
  std::filesystem::path folder;       // relative key and secret files are looked for here
  unsigned threads = 0;               // 0: one a core
  int log = 1;       // descriptor that gets a JSON line a request (log_line.h); not closed
  int announce = 2;  // descriptor that gets "listening on 127.0.0.1:8080" once, and troubles
};

// Loads the program and everything it names, listens, serves. Returns when SIGTERM or SIGINT has
// come and the requests in flight are done or gateway.drain_timeout has passed; a second signal
// ends those too. An error where it cannot start: no key file, no secret, a busy port, a bad
// address; one line, nothing was served. Afterwards the calling thread takes neither signal any
// more.
Result<void> serve(const Options& options, const decision::Loader& load);

}  // namespace aipol::gateway
