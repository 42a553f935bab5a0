// libz3, loaded when the first question needs it: the other commands start without it.
#pragma once

#include <z3.h>

#include "base/result.h"

namespace aipol::prove {

struct Z3 {
#define Z3_FUNCTION(name) decltype(&Z3_##name) name = nullptr;
#include "compiler/prove/z3_functions.def"
};

// The library, the same each time; an error says why it can not be loaded.
Result<const Z3*> load_z3();

}  // namespace aipol::prove
