// The tokens of calls, as the models that are asked for count them.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"
#include "runtime/context/call.h"
#include "runtime/tokens/tokenizer.h"

namespace aipol::gateway {

using Tokenizers =
    std::vector<std::shared_ptr<const tokens::Tokenizer>>;  // by model; null: estimated

// Those that the set's models name. The error says how to mend what is missing.
Result<Tokenizers> load_tokenizers(const plan::Deployment& deployment);

// Of the messages and images of a call.
int64_t count_input(const tokens::Tokenizer* tokenizer, const context::Ai& ai);

}  // namespace aipol::gateway
