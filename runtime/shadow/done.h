// What a policy set did with a request, as two sets are compared by it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "runtime/decision/decision.h"
#include "runtime/enforce/record.h"

namespace aipol::shadow {

struct Done {
  bool allowed = false;
  uint16_t status = 200;             // of a refusal
  std::string policy, statement;     // what decided, and its file:line; empty: no statement did
  std::string target;                // the model that it was sent to; empty: to none
  bool cached = false;               // an answer that was kept was given
  std::vector<std::string> effects;  // other ones, ascending: "cache", "redact pii.email", "set"
  std::vector<std::string> tags;     // ascending
};

// Of a request that policies saw; `fired` are the statements that applied.
Done done_of(const plan::Plan& plan, const decision::Decision& decision,
             std::span<const uint32_t> fired, std::string_view target, bool cached,
             const enforce::Record& record);

// What differs first, of what matters most: `decision`, `refusal` (by another policy or status),
// `target`, `cached`, `effects`, `tags`. Nothing: they did the same.
std::optional<std::string_view> difference(const Done& before, const Done& after);

}  // namespace aipol::shadow
