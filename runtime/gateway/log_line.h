// One line of JSON a request:
//   {"time","id","client","principal","kind","method","path","endpoint","model","decision":"allow"|"deny","status",
//    "policy","statement":"file:line","message","fired":["file:line"],"request_bytes","response_bytes",
//    "us":{"total","decision","upstream"},"trouble","client_gone"}
// `status` is what was answered, 0 where nothing was; policy, statement and message are of a
// refusal or the first allow and absent where there is none; `trouble` says why a provider's answer
// failed. Times are microseconds. Nothing of bodies, queries or credentials.
#pragma once

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

std::string format_log_line(const Exchange& exchange);
void log_request(const Exchange& exchange);

}  // namespace aipol::gateway
