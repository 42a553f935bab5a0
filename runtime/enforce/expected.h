// What is known of a call before it is answered, once its targets can be chosen. The gateway and
// replay go by the same.
#pragma once

#include "runtime/decision/decision.h"
#include "runtime/enforce/passage.h"

namespace aipol::enforce {

struct Asked {
  int64_t choices = 1;  // that the client asks for
  int64_t usual = 0;    // tokens of an answer whose length the client does not bound
};

// What the call may use: its input, and what the provider is asked for at most, by policies that
// change it too. `cost` is left at 0.
context::Usage expected_usage(Passage& passage, const Asked& asked);

// A refusal of what can not be served, whatever policies say: a model that is none, or several
// choices in a stream that policies look at. After Passage::choose.
std::optional<decision::Decision> unservable(const Passage& passage, const Asked& asked);

}  // namespace aipol::enforce
