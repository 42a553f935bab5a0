#include "importing/words.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace aipol::importing {

namespace {

constexpr std::string_view reserved[] = {"and",   "or",   "not",   "in",   "matches", "like",
                                         "if",    "then", "else",  "has",  "any",     "all",
                                         "count", "when", "where", "true", "false"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::ranges::all_of(text, is_word) &&
         std::ranges::find(reserved, text) == std::end(reserved);
}

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out.append(1, '\\').append(1, c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string literal_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts)
    out.append(out.size() > 1 ? ", " : "").append(literal(text));
  return out + "]";
}

std::string commented(std::string_view text) {
  std::string line = on_one_line(text);
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return line;
}

std::string dollars(int64_t nano_dollars) {
  std::string text =
      fmt::format("${}.{:09}", nano_dollars / 1'000'000'000, nano_dollars % 1'000'000'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  size_t point = text.find('.');
  if (point != text.npos && text.size() - point == 2) text += '0';
  return text;
}

std::string number(int64_t value) {
  if (value != 0 && value % 1'000'000 == 0) return fmt::format("{}M", value / 1'000'000);
  if (value != 0 && value % 1'000 == 0) return fmt::format("{}k", value / 1'000);
  return fmt::format("{}", value);
}

std::string Names::take(std::string_view text) {
  std::string name;
  for (char c : text.substr(0, 48)) name += is_word(c) ? c : '_';
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = fmt::format("p_{}", name);
  if (std::ranges::find(reserved, name) != std::end(reserved)) name += '_';
  std::string free = name;
  for (int number = 2; !taken_.insert(free).second; ++number)
    free = fmt::format("{}_{}", name, number);
  return free;
}

}  // namespace aipol::importing
