// What changed between two versions of a text that is made of pieces.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace aipol::source {

// Instead of the pieces [first, first + count) the new text has its bytes [begin, end).
struct Change {
  size_t first = 0, count = 0;
  uint32_t begin = 0, end = 0;
  bool operator==(const Change&) const = default;
};

// `ends` says where the pieces of `before` end, ascending; the first begins at 0. What stands
// behind the last is no piece: where it changed, the last change goes to the end of the text.
// Changes are ascending; between them the pieces stand in the new text as they did, one behind the
// other. Where much changed, the changes may be larger than they need be.
std::vector<Change> changes(std::string_view before, std::span<const uint32_t> ends,
                            std::string_view after);

}  // namespace aipol::source
