#include "base/text.h"

#include <cstring>

namespace aipol {

namespace {

struct Lead {
  size_t bytes;
  uint32_t bits;      // of the lead byte
  uint32_t smallest;  // a smaller value would be an overlong form
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if ((byte & 0xE0) == 0xC0) return {2, byte & 0x1Fu, 0x80};
  if ((byte & 0xF0) == 0xE0) return {3, byte & 0x0Fu, 0x800};
  if ((byte & 0xF8) == 0xF0) return {4, byte & 0x07u, 0x10000};
  return {0, 0, 0};
}

constexpr uint64_t high_bits = 0x8080'8080'8080'8080;

// How many bytes from `at` on are ASCII, looked at by eights.
size_t ascii_bytes(std::string_view text, size_t at) {
  size_t begin = at;
  for (uint64_t word; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (word & high_bits) break;
  }
  return at - begin;
}

bool is_scalar(uint32_t code_point) {
  return code_point <= 0x10FFFF && (code_point < 0xD800 || code_point > 0xDFFF);
}

}  // namespace

size_t code_point_bytes(std::string_view text) {
  if (text.empty()) return 0;
  Lead lead = lead_of(static_cast<unsigned char>(text[0]));
  if (lead.bytes > text.size()) return 0;
  uint32_t value = lead.bits;
  for (size_t i = 1; i < lead.bytes; ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    value = value << 6 | (byte & 0x3Fu);
  }
  return value >= lead.smallest && is_scalar(value) ? lead.bytes : 0;
}

std::optional<size_t> first_invalid_utf8(std::string_view text) {
  for (size_t at = ascii_bytes(text, 0); at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      at += ascii_bytes(text, at);
    } else if (size_t bytes = code_point_bytes(text.substr(at))) {
      at += bytes;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

bool append_utf8(std::string& text, uint32_t code_point) {
  if (!is_scalar(code_point)) return false;
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
    return true;
  }
  auto trail = [&](int shift) { text += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | code_point >> 6);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | code_point >> 12);
    trail(6);
  } else {
    text += static_cast<char>(0xF0 | code_point >> 18);
    trail(12);
    trail(6);
  }
  trail(0);
  return true;
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (char c : text) {
    bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
  }
  return line;
}

}  // namespace aipol
