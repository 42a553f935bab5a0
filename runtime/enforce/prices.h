// What a call costs at a model.
#pragma once

#include <cstdint>

#include "plan/deployment.h"
#include "runtime/context/call.h"

namespace aipol::enforce {

// Nano-dollars per million tokens, as the model declares them. One that declares no price for what
// its provider had cached takes that of other input.
struct Price {
  int64_t input = 0, output = 0, cached = 0;
};
Price price_of(const plan::Model& model);

// Nano-dollars, rounded up: what was used is never counted as free.
int64_t cost(const Price& price, const context::Usage& usage);

}  // namespace aipol::enforce
