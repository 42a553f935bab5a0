#include "replay/fields.h"

#include <algorithm>
#include <iterator>

namespace aipol::replay {

std::optional<Field> field_named(std::string_view path) {
  const auto* found = std::ranges::find(field_paths, path);
  if (found == std::end(field_paths)) return std::nullopt;
  return static_cast<Field>(found - std::begin(field_paths));
}

}  // namespace aipol::replay
