// A compiled RE2 pattern. RE2 takes time linear in the text.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace aipol::native {

class Regex {
 public:
  // An error says what is wrong with the pattern.
  static Result<Regex> compile(std::string_view pattern);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // Whether any part of the text matches. Many threads may ask at once.
  bool found_in(std::string_view text) const;

 private:
  struct Compiled;
  explicit Regex(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace aipol::native
