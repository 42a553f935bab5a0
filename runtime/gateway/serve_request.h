// The life of a request.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

// Waits for the next request of a connection, decides it, answers it, logs it. False: the
// connection is to be closed.
http::Task<bool> serve_request(Exchange& exchange);

}  // namespace aipol::gateway
