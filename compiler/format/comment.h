// A comment as it is written again.
#pragma once

#include <cstdint>
#include <string_view>

namespace aipol::format {

struct Comment {
  enum class Kind : uint8_t {
    inside,    // `/* … */` with more behind it on its line
    trailing,  // behind something, to the end of the line
    own,       // alone on its line, or lines
  };

  std::string_view text;  // without white space at the ends of its lines
  Kind kind = Kind::own;
  bool doc = false;           // `///`: belongs to the token behind it
  bool blank_before = false;  // an empty line stands before it
  bool blank_after = false;   // … and before the token behind it
  bool tight = false;         // of `inside`: no space behind it
  bool closing = false;       // … the closer of a bracket follows
  uint32_t column = 0;        // where it stood, for what is indented below its first line
};

}  // namespace aipol::format
