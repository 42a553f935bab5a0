// Whether a request goes on to a target: who asks, for what, what policies and limits say.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

// What the client gets.
enum class Admitted : uint8_t {
  refused,  // exchange.decision; or the client is gone
  models,   // the list of models
  cached,   // an answer that was kept
  forward   // what a target says
};

http::Task<Admitted> admit(Exchange& exchange);

// Reads the body as its endpoint's dialect says; false: exchange.decision says what is wrong.
bool read_dialect(Exchange& exchange);

}  // namespace aipol::gateway
