#include "base/json_text.h"

#include <array>
#include <charconv>
#include <cstring>

#include "base/plain_text.h"
#include "base/text.h"

namespace aipol {

namespace {

void append_escape(std::string& out, char c) {
  constexpr char digits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[c >> 4 & 15];
      out += digits[c & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    size_t run = plain_run(text);
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) break;
    size_t bytes = code_point_bytes(text);
    if (bytes > 1) {
      out += text.substr(0, bytes);
    } else if (bytes == 0) {
      out += "\xef\xbf\xbd";
    } else {
      append_escape(out, text[0]);
    }
    text.remove_prefix(bytes > 1 ? bytes : 1);
  }
  out += '"';
}

void append_json_number(std::string& out, int64_t value) {
  std::array<char, 20> digits;
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_json_billionths(std::string& out, int64_t billionths) {
  constexpr uint64_t billion = 1'000'000'000;
  auto size = static_cast<uint64_t>(billionths);
  if (billionths < 0) {
    out += '-';
    size = -size;
  }
  append_json_number(out, static_cast<int64_t>(size / billion));
  uint64_t fraction = size % billion;
  if (fraction == 0) return;
  char digits[10] = {'.'};
  size_t used = 1;
  for (size_t at = 9; at > 0; --at, fraction /= 10) {
    digits[at] = static_cast<char>('0' + fraction % 10);
    if (digits[at] != '0' && used == 1) used = at + 1;
  }
  out.append(digits, used);
}

}  // namespace aipol
