// The declarations of the language itself, which every set has.
#pragma once

#include "compiler/source/source.h"

namespace aipol::compiler {

void add_standard_library(source::Files& files);

}  // namespace aipol::compiler
