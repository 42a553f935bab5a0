// Whether the store is asked while an answer goes out: where that waits for others, what looks at
// the answer is done beside the event loop (off_loop.h).
#pragma once

#include "runtime/decision/program.h"

namespace aipol::gateway {

// Limits that cut what is too much, and meters that policies read of an answer.
bool asks_store_of_answers(const decision::Program& program);

}  // namespace aipol::gateway
