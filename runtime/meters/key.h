// The key of a counter: the values of a meter's `by`, as bytes that are equal where the values are.
#pragma once

#include <string>

#include "plan/value.h"
#include "runtime/abi/cell.h"

namespace aipol::meters {

// Appends one value; the key of several is the values' bytes in their order. No value's bytes are
// the beginning of another's, so that ("ab", "c") and ("a", "bc") differ. `rep` is boolean,
// integer, real, text, ip, texts or integers.
void append_key(std::string& key, AipolCell value, plan::Rep rep);

}  // namespace aipol::meters
