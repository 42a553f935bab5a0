// What replaying a request needs, texts included (`serve --record`): a line of JSON by the names
// that `aipol eval` reads. Not redacted. Credentials are left out.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/audit/entry.h"
#include "runtime/context/call.h"

namespace aipol::audit {

struct TrafficRecord {
  const context::Call* call = nullptr;  // as the client sent it, with the upstream's answer
  std::string_view body = {};           // of the request, as it came
  std::string_view policy_version = {};
  const Entry* outcome = nullptr;            // what was decided then; may be null
  std::span<const std::string> chunks = {};  // of a streamed answer: its text in pieces
  std::string_view error = {};               // no answer came: timeout, refused, reset, broken
  // Headers that bear credentials, in lower case, besides those that always do: those of the
  // identities.
  std::span<const std::string> credentials = {};

  // What no policy can read and meters and targets go by: docs/replay.md has their table. Nothing
  // of it is written where `decided_ns` is 0.
  int64_t decided_ns = 0, settled_ns = 0;  // as Passage::asked_at and settled_at; since the epoch
  int64_t choices = 1, usual_tokens = 0;   // as enforce::Asked
  double load = 0;                         // of the gateway, when policies were asked
  int64_t in_flight = 0;
  bool failed = false;       // it was charged for nothing but the request itself
  bool client_gone = false;  // before the answer's end
  bool unheard = false;      // what refused it is that it did not come whole, or that nobody waits
};

// Appends the record, without a line break.
void append_traffic_record(std::string& out, const TrafficRecord& record);

}  // namespace aipol::audit
