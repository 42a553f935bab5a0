// The steps of serve_request that answer an allowed call.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

// Tries the targets that policies chose, one after the other, until one gives an answer that is
// passed on. Nothing is sent to the client before a target's head is here, so that until then a
// failure is an answer (502, 504); after it the stream is cut.
http::Task<> forward(Exchange& exchange);

// By the answer that was kept; it stands in the call.
http::Task<> answer_from_cache(Exchange& exchange);

// A copy of the call to a target whose answer nobody gets.
void mirror(Exchange& exchange, uint32_t target);

}  // namespace aipol::gateway
