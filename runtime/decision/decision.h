// What was decided about a call, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace aipol::decision {

struct Decision {
  bool allowed = false;
  uint16_t status = 403;  // of a refusal; 200 where allowed
  plan::Phase phase = plan::Phase::body;
  std::string message;  // of a refusal, for the client
  std::optional<uint32_t>
      statement;  // the one that decided: the refusing one, or the first allow in plan order;
                  // none where no statement did (no allow, unknown model, no endpoint, …)
  std::vector<uint32_t> refusing;      // of a refusal by policies: all that refused, ascending
  std::vector<uint32_t> fired;         // every statement that fired, shadow ones too, ascending
  std::optional<int64_t> retry_after;  // of a limit's refusal: nanoseconds; none: it never can pass
};

// A refusal that no statement made: 400 bad request, 401 bad credential, 404 no endpoint or unknown
// model.
Decision refused(plan::Phase phase, uint16_t status, std::string message);

}  // namespace aipol::decision
