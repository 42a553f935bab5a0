// Decision plan -> layout: chooses for each statement the test that an index answers, and makes shapes of the rest.
#pragma once

#include "plan/layout.h"

namespace aipol::compiler {

plan::Layout index(const plan::Plan& plan);

}  // namespace aipol::compiler
