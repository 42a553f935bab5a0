// How a key's slot lies in memory (AipolIndex::slots): what compiled code and the tables agree on.
//   of a pair: its two symbols
//   then for each table of rows: the rows tested ahead, as they are in AipolRows, the upper half of the statement's
//   word 1 where there is such a row, all zeros where not; then, where some key has more, the AipolSpan of the rest
//   in a wide group: one AipolSpan of runs
//   then nothing, up to a power of two where it is short
#pragma once

#include "plan/layout.h"

namespace aipol::plan {

inline constexpr uint64_t row_present = uint64_t{1} << 32;

// In 64-bit words.
uint32_t words_of_row(const Shape& shape);
uint32_t words_of_table(const StageLayout& layout, const Group& group, size_t table);
uint32_t words_of_slot(const StageLayout& layout, const Group& group);

}  // namespace aipol::plan
