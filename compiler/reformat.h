// A policy file in the one style: parse -> format -> parse again, and compare.
#pragma once

#include <string>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"

namespace aipol::compiler {

struct Reformatted {
  enum class Outcome : uint8_t {
    done,
    errors,   // the file does not parse: it is in the diagnostics
    unequal,  // our own mistake: the result does not mean the same, or lacks a comment
  };

  Outcome outcome = Outcome::done;
  std::string text;  // empty where there are errors
};

Reformatted reformat(const source::Files& files, source::FileId file,
                     diagnostics::Diagnostics& diagnostics);

}  // namespace aipol::compiler
