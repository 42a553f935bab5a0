// What compiled stages call besides natives; rows in support.def. Booleans come back as 0 or 1.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runtime/abi/cell.h"
#include "stdlib/native/glob.h"

extern "C" {
uint64_t aipol_text_equal(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);
// Below zero, zero or above, by bytes.
int64_t aipol_text_compare(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size);

// A list of cells (or, of numbers, of uint32_t ascending), then another or a member.
uint64_t aipol_texts_have(uint64_t list, uint64_t size, uint64_t member, uint64_t member_size);
uint64_t aipol_integers_have(uint64_t list, uint64_t size, uint64_t member);
uint64_t aipol_texts_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size);
uint64_t aipol_integers_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size);
uint64_t aipol_texts_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size);
uint64_t aipol_integers_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size);
uint64_t aipol_texts_equal(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size);
uint64_t aipol_integers_equal(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size);
uint64_t aipol_numbers_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size);
uint64_t aipol_numbers_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size);

// A handle of aipol::native::Globs or aipol::native::Regex, then a text.
uint64_t aipol_globs_match(uint64_t globs, uint64_t text, uint64_t size);
uint64_t aipol_regex_found(uint64_t regex, uint64_t text, uint64_t size);
}

namespace aipol::native {

using Globs = std::vector<Glob>;

struct Symbol {
  std::string_view name;
  void* address;
};
std::span<const Symbol> support_symbols();

}  // namespace aipol::native
