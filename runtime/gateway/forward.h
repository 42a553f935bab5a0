// The steps of serve_request that answer an allowed call with what a provider says.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

// By a provider of kind openai: body and answer pass through, streams as they come. Nothing is sent
// to the client before the provider's head is here, so that until then a failure is an answer (502,
// 504); after it the stream is cut.
http::Task<> forward(Exchange& exchange);

// By the built-in provider.
http::Task<> answer_by_echo(Exchange& exchange);

}  // namespace aipol::gateway
