#include "plan/slots.h"

#include <bit>

namespace aipol::plan {

namespace {

// Of a processor's caches. A slot that is no longer lies in one line.
constexpr uint32_t words_of_line = 8;

}  // namespace

uint32_t words_of_row(const Shape& shape) { return shape.words + 1; }

uint32_t words_of_table(const StageLayout& layout, const Group& group, size_t table) {
  Reach reach = group.reach[table];
  return reach.ahead * words_of_row(layout.shapes[layout.rows[group.rows[table]].shape]) + reach.beyond;
}

uint32_t words_of_slot(const StageLayout& layout, const Group& group) {
  uint32_t words = group.kind == Group::Kind::pair;
  if (group.wide()) return words + 1;
  for (size_t table = 0; table < group.rows.size(); ++table) words += words_of_table(layout, group, table);
  return words <= words_of_line ? std::bit_ceil(words) : words;
}

}  // namespace aipol::plan
