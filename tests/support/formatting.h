// What holds of every formatted file.
#pragma once

#include <string>

#include "tests/support/choices.h"

namespace aipol::testing {

struct Formatted {
  bool parses = false;  // else there is nothing to format
  std::string text;
  std::string fault;  // what does not hold: the meaning or a comment changed, formatting it again
                      // changes it, or a line has white space at its end
};

Formatted formatted(std::string text);

// The text with other white space and with comments between its tokens.
std::string scattered(const std::string& text, Choices& choices);
// The text with other spaces between its tokens, but the same lines.
std::string spaced(const std::string& text, Choices& choices);

}  // namespace aipol::testing
