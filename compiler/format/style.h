// The measures of the style (docs/formatting.md).
#pragma once

#include <cstdint>

namespace aipol::format {

inline constexpr uint32_t line_width = 120;  // in code points
inline constexpr uint32_t indent_width = 2;
inline constexpr uint32_t lone_column = 16;   // of the brace of a block among those of other kinds
inline constexpr uint32_t widest_gap = 24;    // columns that would need more are not lined up
inline constexpr uint32_t table_width = 100;  // rows that would be longer are not lined up

}  // namespace aipol::format
