// The request that a target gets: what of the client's call passes on, and what policies change.
#pragma once

#include <string>
#include <string_view>

#include "runtime/gateway/exchange.h"
#include "runtime/http/message.h"

namespace aipol::gateway {

struct UpstreamRequest {
  std::string head;
  std::string changed;    // the body, where it is another than the client's
  std::string_view body;  // of `changed`, or the client's
};

UpstreamRequest upstream_request(Exchange& exchange, uint32_t target);

// Whether a field of a provider's answer is for the client.
bool is_returned(const http::Field& field, const http::ResponseHead& head);

}  // namespace aipol::gateway
