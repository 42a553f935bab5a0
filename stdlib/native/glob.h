// One glob: `*` is one or more bytes other than `/`, `**` any bytes, also none. A whole segment `**` behind a slash may
// be missing together with it: `/a/**` matches `/a`, `/a/**/b` matches `/a/b`. Case-sensitive, the whole text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::native {

class Glob {
 public:
  explicit Glob(std::string_view pattern);

  // Time is bounded by the product of both lengths, whatever the pattern.
  bool matches(std::string_view text) const;

 private:
  // A state is the number of the token to be matched next.
  enum class Kind : uint8_t {
    byte,
    one,   // a byte other than slash
    run,   // any number of them
    any,   // any number of bytes
    skip,  // the next two tokens may be missing
  };
  struct Token {
    Kind kind;
    char byte = 0;
  };
  void enter(std::vector<uint8_t>& states, size_t state) const;
  bool step(const std::vector<uint8_t>& states, char byte, std::vector<uint8_t>& next) const;

  std::string fixed_;          // what every match begins with
  std::vector<Token> tokens_;  // behind it
  bool rest_ = false;          // they are one whole segment `**`
};

}  // namespace aipol::native
