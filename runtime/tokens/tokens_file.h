// The file of an encoding, mapped and checked: NAME.tokens, which `./dev setup` makes and the
// installation brings along.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/result.h"
#include "runtime/tokens/vocabulary.h"

namespace aipol::tokens {

// By which pattern texts are cut into pieces.
enum class Pattern : uint32_t { cl100k = 1, o200k = 2 };

class TokensFile {
 public:
  // Fails where the file can not be read, is of another version, or is damaged.
  static Result<TokensFile> open(const std::filesystem::path& path);

  TokensFile(TokensFile&& other) noexcept;
  TokensFile& operator=(TokensFile&&) = delete;
  ~TokensFile();

  Pattern pattern() const;
  // Valid as long as this is.
  Vocabulary vocabulary() const;

 private:
  TokensFile(const void* data, size_t bytes) : data_(data), bytes_(bytes) {}
  Result<void> check(const std::filesystem::path& path) const;
  template <class T>
  const T* section(int number) const;
  size_t section_bytes(int number) const;

  const void* data_;
  size_t bytes_;
};

}  // namespace aipol::tokens
