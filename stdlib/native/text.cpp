// text.*: letter case is that of ASCII; all other bytes stay as they are.
#include <algorithm>

#include "base/utf8.h"
#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
char uppered(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

AipolCell mapped(std::string_view text, char (*map)(char), AipolScratch* scratch) {
  auto* bytes = reinterpret_cast<char*>(scratch->allocate(text.size()));
  std::ranges::transform(text, bytes, map);
  return cell_of(std::string_view(bytes, text.size()));
}

}  // namespace

void text_lower(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  *result = mapped(text_of(arguments[0]), lowered, scratch);
}

void text_upper(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  *result = mapped(text_of(arguments[0]), uppered, scratch);
}

// Without leading and trailing space, tab, carriage return and newline; a part of the argument, not a copy.
void text_trim(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  constexpr std::string_view blank = " \t\r\n";
  std::string_view text = text_of(arguments[0]);
  size_t first = text.find_first_not_of(blank);
  if (first == text.npos) {
    *result = cell_of(text.substr(0, 0));
    return;
  }
  *result = cell_of(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

// In code points.
void text_length(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(static_cast<int64_t>(characters_in(text_of(arguments[0]))));
}

void text_starts_with(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(text_of(arguments[0]).starts_with(text_of(arguments[1])));
}

void text_ends_with(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(text_of(arguments[0]).ends_with(text_of(arguments[1])));
}

// memmem is linear in the text; std::string_view::find is not.
void text_contains(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  std::string_view text = text_of(arguments[0]), part = text_of(arguments[1]);
  *result = cell_of(part.empty() || (!text.empty() && memmem(text.data(), text.size(), part.data(), part.size())));
}

// Folding a row of pieces from the left appends in place, so the whole takes linear time and space.
void text_concat(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  std::string_view left = text_of(arguments[0]), right = text_of(arguments[1]);
  if (left.empty() || right.empty()) {
    *result = arguments[left.empty() ? 1 : 0];
    return;
  }
  if (scratch->extend(left.data() + left.size(), right.size())) {
    std::memcpy(const_cast<char*>(left.data()) + left.size(), right.data(), right.size());
    *result = cell_of(std::string_view(left.data(), left.size() + right.size()));
    return;
  }
  auto* bytes = reinterpret_cast<char*>(scratch->allocate(left.size() + right.size()));
  std::ranges::copy(right, std::ranges::copy(left, bytes).out);
  *result = cell_of(std::string_view(bytes, left.size() + right.size()));
}

// A number from 0 to 9999 that is always the same for a text and a salt: FNV-1a, then mixed.
void text_bucket(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  uint64_t hash = 0xCBF29CE484222325ull;
  for (int i : {1, 0}) {
    for (char c : text_of(arguments[i]))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    hash = (hash ^ 0xFF) * 0x100000001B3ull;
  }
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDull;
  hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53ull;
  *result = cell_of(static_cast<int64_t>((hash ^ (hash >> 33)) % 10'000));
}

}  // namespace aipol::native
