// What the audit record of a call keeps, as the `log` statements that fired say.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace aipol::enforce {

enum class LogLevel : uint8_t { none, metadata, payload };
inline constexpr std::string_view log_level_names[] = {"none", "metadata", "payload"};

struct Record {
  LogLevel level = LogLevel::metadata;  // the strongest; metadata where no policy says
  std::set<uint32_t> sinks;             // in Deployment::sinks
  std::set<uint32_t> redacted;          // detectors by which the payload is redacted
  double sample = 1;                    // the highest share of records that is kept
  int64_t retain = 0;                   // nanoseconds, the longest; 0: not said
  std::string model, target, principal;
  std::set<std::string> tags;
};

}  // namespace aipol::enforce
