// The world failing (a file, a socket, an upstream): a value or one sentence saying what went
// wrong. Mistakes of a policy's author are diagnostics (compiler/diagnostics), bugs are AIPOL_CHECK
// (base/check.h).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace aipol {

struct [[nodiscard]] Error {
  std::string message;  // lower case, no full stop, names what, where and how to mend it
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string message) {
  return std::unexpected(Error{std::move(message)});
}

}  // namespace aipol
