// The front end on any text: what must hold of its result, whatever the text.
#pragma once

#include <optional>
#include <string>

namespace aipol::testing {

// From text to layout, with tests and lints; and the proofs, where wanted. Nothing where all is well,
// else what is not: a place outside of its file, a diagnostic that shows nothing, a plan that does not
// hold together.
std::optional<std::string> find_front_end_fault(std::string text, bool proofs);

}  // namespace aipol::testing
