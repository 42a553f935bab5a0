// Values worth trying for a source, given what is asked of it: those that its tests name, and those
// just beside them.
#pragma once

#include "compiler/prove/shape.h"

namespace aipol::prove {

// No more than these are made.
inline constexpr size_t most_candidates = 2000;

std::vector<plan::Constant> candidates(Shape& shape, plan::SourceId source, const Goal& literals);

}  // namespace aipol::prove
