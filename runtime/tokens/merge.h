// The tokens of one piece.
#pragma once

#include <vector>

#include "runtime/tokens/vocabulary.h"

namespace aipol::tokens {

// How many tokens byte pair encoding makes of the piece, which is not empty. Appends them to `out`
// where that is given. Takes time in proportion to the piece's length, whatever it holds.
size_t merge(const Vocabulary& vocabulary, std::string_view piece, std::vector<Token>* out);

}  // namespace aipol::tokens
