// Live traffic shown to a policy set that enforces nothing (runtime/shadow).
#pragma once

#include <functional>
#include <memory>

#include "runtime/gateway/exchange.h"
#include "runtime/gateway/gateway.h"

namespace aipol::gateway {

// Hands a request that policies saw and that has ended to the shadow, if there is one. Takes the
// call out of the exchange: nothing may read it afterwards.
void show_to_shadow(Exchange& exchange);

// Makes the shadow, or renews it where there is one, as its files are now. Gives what is left to be
// done afterwards; may be null.
Result<std::function<void()>> load_shadow(Policies& policies, Lasting& lasting);

}  // namespace aipol::gateway
