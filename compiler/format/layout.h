// A document as lines of text.
#pragma once

#include <string>

#include "compiler/format/document.h"

namespace aipol::format {

std::string layout(const Document& document);

}  // namespace aipol::format
