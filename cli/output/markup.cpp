#include "cli/output/markup.h"

#include <algorithm>

#include "base/text.h"

namespace aipol::cli {

namespace {

constexpr std::string_view replacement = "\uFFFD";

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool forbidden(std::string_view character) {
  auto first = static_cast<unsigned char>(character[0]);
  bool control = first < 0x20 && first != '\t' && first != '\n' && first != '\r';
  return control || character == "\uFFFE" || character == "\uFFFF";
}

}  // namespace

std::string markup(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t bytes = code_point_bytes(text.substr(at));
    std::string_view character = text.substr(at, std::max<size_t>(1, bytes));
    std::string_view named = entity(character[0]);
    if (!named.empty())
      out += named;
    else
      out += bytes == 0 || forbidden(character) ? replacement : character;
    at += character.size();
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_{}[]<>()#+!|~@&").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace aipol::cli
