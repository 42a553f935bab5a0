// Declarations below each other: which columns are lined up, and between which an empty line goes.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/format/document.h"

namespace aipol::format {

// A declaration as its neighbours see it.
struct Row {
  size_t line = 0;     // the Line before it; 0: it is the first
  bool parted = true;  // an empty line or a comment stands between it and the one before
  bool blank = false;  // an empty line stands somewhere between them
  size_t head = 0,
         end = 0;            // the pieces at which its line begins, and behind it
  size_t bracket = 0;        // its body; 0: it has none
  std::string_view keyword;  // its kind
  bool setting = false;      // it sets up the gateway: a provider, a model, …
  std::vector<size_t> pads;  // before what is lined up with the neighbours
};

void arrange(const std::vector<Row>& rows, Document& document);

}  // namespace aipol::format
