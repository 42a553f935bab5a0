// What a header bears, worked out at most once for all identities that read the header.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/identity/api_key.h"
#include "runtime/identity/claims.h"

namespace aipol::identity {

// For one check, on one thread.
class Credential {
 public:
  explicit Credential(std::string_view text) : text_(text), hash_(hash_key(text)) {}

  std::string_view text() const { return text_; }
  const KeyHash& hash() const { return hash_; }  // SHA-256 of the text
  const Judged<Token>& token() const {
    if (!token_) token_ = parse_token(text_);
    return *token_;
  }

 private:
  std::string_view text_;
  KeyHash hash_;
  mutable std::optional<Judged<Token>> token_;
};

}  // namespace aipol::identity
