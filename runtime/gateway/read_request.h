// The steps of serve_request that read from the client.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

enum class Arrival : uint8_t {
  nothing,  // the connection ended before a request began
  refused,  // what came is no request to work on: the decision says how to answer
  request,
};

// Waits for a request, reads its head into the call.
http::Task<Arrival> read_head(Exchange& exchange);

// Reads the whole body; false where it was refused (400, 408, 413) or, with outcome.client_gone,
// never came.
http::Task<bool> read_body(Exchange& exchange);

// After a refusal: takes a small body off the wire, so that the connection can serve on.
http::Task<> discard_body(Exchange& exchange);
// Would discard_body be done quickly.
bool can_discard_body(const Exchange& exchange);

}  // namespace aipol::gateway
