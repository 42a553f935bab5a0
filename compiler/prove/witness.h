// Requests that prove a point, as people and programs read them.
#pragma once

#include "compiler/prove/world.h"

namespace aipol::prove {

// `send { path: "/v1/ai", principal: { roles: ["clerk"] } }`, on one line; what a test can not send
// stands behind it.
std::string as_send(const plan::Plan& plan, const World& world);

// {"request":{"path":"/v1/ai"},"principal":{"roles":["clerk"]}}, as `aipol eval` reads it.
std::string as_json(const plan::Plan& plan, const World& world);

}  // namespace aipol::prove
