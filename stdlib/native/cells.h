// Reading and writing cells (runtime/abi/cell.h) in C++.
#pragma once

#include <bit>
#include <cstring>
#include <span>
#include <string_view>

#include "runtime/abi/cell.h"

namespace aipol::native {

inline std::string_view text_of(const AipolCell& cell) {
  return {reinterpret_cast<const char*>(cell.a), static_cast<size_t>(cell.b)};
}
// The bytes must outlive the cell.
inline AipolCell cell_of(std::string_view text) { return {reinterpret_cast<uint64_t>(text.data()), text.size()}; }
inline AipolCell cell_of(bool value) { return {value, 0}; }
inline AipolCell cell_of(int64_t value) { return {static_cast<uint64_t>(value), 0}; }
inline AipolCell cell_of(double value) { return {std::bit_cast<uint64_t>(value), 0}; }

inline int64_t integer_of(const AipolCell& cell) { return static_cast<int64_t>(cell.a); }
inline double real_of(const AipolCell& cell) { return std::bit_cast<double>(cell.a); }

inline std::span<const AipolCell> list_of(const AipolCell& cell) {
  return {reinterpret_cast<const AipolCell*>(cell.a), static_cast<size_t>(cell.b)};
}
inline AipolCell cell_of(std::span<const AipolCell> list) {
  return {reinterpret_cast<uint64_t>(list.data()), list.size()};
}

// A copy of the text that lives until the scratch is reset.
inline AipolCell copied(std::string_view text, AipolScratch* scratch) {
  auto* bytes = static_cast<char*>(aipol_scratch_allocate(scratch, text.size()));
  if (!text.empty()) std::memcpy(bytes, text.data(), text.size());
  return cell_of(std::string_view(bytes, text.size()));
}

}  // namespace aipol::native
