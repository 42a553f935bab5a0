// Looking for records of a log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::audit {

// What records must be; what is empty, is not asked. Of several values any will do.
struct Query {
  std::optional<int64_t> since, until;  // nanoseconds since the epoch: since <= time < until
  std::vector<std::string> principals;  // ids
  std::vector<std::string> policies;    // that decided, fired, or alerted
  std::optional<std::string> decision;  // allow, deny
  std::vector<int64_t> statuses;
  std::vector<std::string> models;  // asked for or used
  std::vector<std::string> ids;     // of requests
  std::vector<std::string> kinds;   // request, alert, shed, resumed
};

enum class Match : uint8_t { no, yes, no_record };

// `line` is one record, chained or not. Nothing else of it is believed than that it is JSON; what
// has another type than it should counts as absent.
Match matches(const Query& query, std::string_view line);

// "2026-03-01T12:00:00.379Z deny 403 dana gpt-4o post /v1/chat/completions premium_models
// (shop/policies.aipol:12): gpt-4o needs the role analyst". On one line, without control
// characters.
std::string describe(std::string_view line);

// RFC 3339, a date, or how long ago: "90s", "15m", "12h", "7d".
std::optional<int64_t> parse_moment(std::string_view text, int64_t now);

}  // namespace aipol::audit
