// set.*: lists of texts, each once, ascending.
#include <algorithm>

#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

// The set, with the text where the condition holds.
void set_with(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  std::span<const AipolCell> set = list_of(arguments[0]);
  std::string_view text = text_of(arguments[1]);
  auto place = std::ranges::lower_bound(set, text, {}, text_of);
  bool there = place != set.end() && text_of(*place) == text;
  *result = arguments[0];
  if (there || arguments[2].a == 0) return;
  auto* cells =
      reinterpret_cast<AipolCell*>(scratch->allocate((set.size() + 1) * sizeof(AipolCell)));
  AipolCell* next = std::copy(set.begin(), place, cells);
  *next = arguments[1];
  std::copy(place, set.end(), next + 1);
  *result = cell_of(std::span<const AipolCell>(cells, set.size() + 1));
}

}  // namespace aipol::native
