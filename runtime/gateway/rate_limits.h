// What limits have left for a caller, as fields of an answer's head: for clients that pace
// themselves.
//
//   RateLimit-Policy: "team_day";q=100000;w=86400;qu="tokens"
//   RateLimit: "team_day";r=93200;t=40210
//     of each meter that limits the caller (draft-ietf-httpapi-ratelimit-headers-10; w, t in
//     seconds)
//   x-ratelimit-limit-requests, -remaining-requests, -reset-requests; the same of -tokens
//     as OpenAI sends them: of the limit that has least left
#pragma once

#include <span>

#include "plan/meter.h"
#include "runtime/enforce/passage.h"
#include "runtime/http/write_head.h"

namespace aipol::gateway {

void write_rate_limits(http::HeadWriter& writer, std::span<const enforce::Passage::Quota> quotas,
                       std::span<const plan::Meter> meters);

// Whether it is such a field: an upstream's tell of the house's account, not of the caller.
bool is_rate_limit(std::string_view name);

}  // namespace aipol::gateway
