// The leaves that ask about a text of the traffic, as patterns.
#pragma once

#include "compiler/prove/pattern.h"
#include "compiler/prove/shape.h"

namespace aipol::prove {

// The texts of the leaf's one source for which it is true, as long as it is present; nothing where
// that is no pattern.
std::optional<Pattern> pattern_of(const Shape& shape, plan::NodeId leaf);

}  // namespace aipol::prove
