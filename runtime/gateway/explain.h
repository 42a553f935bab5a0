// Says how the set in force decides a request that operators describe, a record of the audit trail
// for example: the same explanation as `aipol eval --explain`.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/gateway/service.h"

namespace aipol::gateway {

inline constexpr size_t most_explained_bytes = 1 << 20;

// A line of JSON (docs/json.md). Counters, sessions and kept answers are as if nothing had come
// before; nothing is counted. The error says what is wrong with the record.
Result<std::string> explain(const Service& service, std::string_view record, const Clock& clock);

}  // namespace aipol::gateway
