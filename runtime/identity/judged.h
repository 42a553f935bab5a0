// What became of looking at a credential: a value, or why it is refused. Reasons are static texts
// that never hold a part of the credential: they are what a caller is told with 401.
#pragma once

#include <expected>
#include <string_view>

namespace aipol::identity {

template <class T>
using Judged = std::expected<T, std::string_view>;

inline std::unexpected<std::string_view> refused(std::string_view reason) {
  return std::unexpected(reason);
}

}  // namespace aipol::identity
