#include "stdlib/native/support.h"

#include <algorithm>

#include "stdlib/native/cells.h"
#include "stdlib/native/regex.h"

namespace {

using aipol::native::integer_of;
using aipol::native::list_of;
using aipol::native::text_of;

std::span<const AipolCell> cells(uint64_t address, uint64_t size) { return list_of({address, size}); }
std::span<const uint32_t> numbers(uint64_t address, uint64_t size) {
  return {reinterpret_cast<const uint32_t*>(address), static_cast<size_t>(size)};
}

bool have(std::span<const AipolCell> list, const AipolCell& member, auto value_of) {
  auto wanted = value_of(member);
  return std::ranges::any_of(list, [&](const AipolCell& cell) { return value_of(cell) == wanted; });
}

bool cover(std::span<const AipolCell> list, std::span<const AipolCell> members, auto value_of) {
  return std::ranges::all_of(members, [&](const AipolCell& member) { return have(list, member, value_of); });
}

bool meet(std::span<const AipolCell> list, std::span<const AipolCell> other, auto value_of) {
  return std::ranges::any_of(other, [&](const AipolCell& member) { return have(list, member, value_of); });
}

}  // namespace

uint64_t aipol_text_equal(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) {
  return text_of({a, a_size}) == text_of({b, b_size});
}

int64_t aipol_text_compare(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) {
  return text_of({a, a_size}).compare(text_of({b, b_size}));
}

uint64_t aipol_texts_have(uint64_t list, uint64_t size, uint64_t member, uint64_t member_size) {
  return have(cells(list, size), {member, member_size}, text_of);
}
uint64_t aipol_integers_have(uint64_t list, uint64_t size, uint64_t member) {
  return have(cells(list, size), {member, 0}, integer_of);
}
uint64_t aipol_texts_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size) {
  return cover(cells(list, size), cells(members, members_size), text_of);
}
uint64_t aipol_integers_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size) {
  return cover(cells(list, size), cells(members, members_size), integer_of);
}
uint64_t aipol_texts_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size) {
  return meet(cells(list, size), cells(other, other_size), text_of);
}
uint64_t aipol_integers_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size) {
  return meet(cells(list, size), cells(other, other_size), integer_of);
}
uint64_t aipol_texts_equal(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size) {
  return std::ranges::equal(cells(list, size), cells(other, other_size), {}, text_of, text_of);
}
uint64_t aipol_integers_equal(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size) {
  return std::ranges::equal(cells(list, size), cells(other, other_size), {}, integer_of, integer_of);
}

// Both ascending: one walk.
uint64_t aipol_numbers_meet(uint64_t list, uint64_t size, uint64_t other, uint64_t other_size) {
  auto a = numbers(list, size), b = numbers(other, other_size);
  for (size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    if (a[i] == b[k]) return 1;
    a[i] < b[k] ? ++i : ++k;
  }
  return 0;
}
uint64_t aipol_numbers_cover(uint64_t list, uint64_t size, uint64_t members, uint64_t members_size) {
  return std::ranges::includes(numbers(list, size), numbers(members, members_size));
}

uint64_t aipol_globs_match(uint64_t globs, uint64_t text, uint64_t size) {
  const auto& all = *reinterpret_cast<const aipol::native::Globs*>(globs);
  return std::ranges::any_of(all, [&](const auto& glob) { return glob.matches(text_of({text, size})); });
}

uint64_t aipol_regex_found(uint64_t regex, uint64_t text, uint64_t size) {
  return reinterpret_cast<const aipol::native::Regex*>(regex)->found_in(text_of({text, size}));
}

namespace aipol::native {

std::span<const Symbol> support_symbols() {
  static const Symbol symbols[] = {
#define SUPPORT(name) {#name, reinterpret_cast<void*>(&name)},
#include "stdlib/native/support.def"
#undef SUPPORT
  };
  return symbols;
}

}  // namespace aipol::native
