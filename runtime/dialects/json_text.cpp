#include "runtime/dialects/json_text.h"

#include "base/text.h"

namespace aipol::dialects {
namespace {

bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}  // bytes of UTF-8 are negative

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

void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    size_t run = 0;
    while (run < text.size() && is_plain(text[run])) ++run;
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const size_t bytes = code_point_bytes(text);
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

bool is_nested_deeper(std::string_view json, size_t levels) {
  size_t depth = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '"') {
      for (++i; i < json.size() && json[i] != '"'; ++i) {
        if (json[i] == '\\') ++i;
      }
    } else if (c == '{' || c == '[') {
      if (++depth > levels) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace aipol::dialects
