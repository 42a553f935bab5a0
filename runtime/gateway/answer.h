// Answers that the gateway itself writes, and what all answers have in common.
#pragma once

#include <string>
#include <string_view>

#include "runtime/gateway/exchange.h"
#include "runtime/http/write_head.h"

namespace aipol::gateway {

// Begins an answer's head in `out`: status line, date, request id, and whether the connection goes
// on.
http::HeadWriter begin_answer(Exchange& exchange, uint16_t status, std::string& out);

// A whole answer with a body of known length, in one write; `fields` come on top. Sets
// outcome.status.
http::Task<> send_answer(Exchange& exchange, uint16_t status, std::string_view content_type,
                         std::string_view body,
                         const std::vector<std::pair<std::string, std::string>>& fields = {});

// The refusal that exchange.decision holds, in the form of OpenAI's errors.
http::Task<> send_refusal(Exchange& exchange);

// The answer to a call that could not be forwarded: the same form, 502 or 504.
http::Task<> send_failure(Exchange& exchange, const upstream::Failure& failure);

// GET /v1/models and GET /v1/models/NAME.
http::Task<> send_models(Exchange& exchange);

}  // namespace aipol::gateway
