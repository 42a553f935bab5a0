// Headers that never leave a log: their values let a reader act for the caller.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace aipol::replay::logs {

// `name` in lower case.
inline bool bears_credential(std::string_view name) {
  constexpr std::string_view names[] = {
      "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"};
  return std::ranges::find(names, name) != std::end(names);
}

}  // namespace aipol::replay::logs
