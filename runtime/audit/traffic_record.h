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
};

// Appends the record, without a line break.
void append_traffic_record(std::string& out, const TrafficRecord& record);

}  // namespace aipol::audit
