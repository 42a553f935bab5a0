#include "runtime/context/path.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace aipol::context {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The byte that "%XY" at `at` stands for, or -1.
int escaped_byte(std::string_view text, size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = hex_digit(text[at + 1]);
  const int low = hex_digit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_control(int byte) { return byte < 0x20 || byte == 0x7f; }

// Whether the target is a path that is what it says: nothing is escaped, empty, or dots, and there
// is no query. Nearly all are.
bool is_plain_path(std::string_view text) {
  char before = 0;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool mark = c == '-' || c == '_' || c == ':' || (c == '.' && before != '/');
    if (!letter && !mark && !(c == '/' && before != '/')) return false;
    before = c;
  }
  return text.starts_with('/');
}

Result<std::string> decode_path(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int byte = escaped_byte(text, i);
    if (byte < 0) return failure("the path holds a broken percent escape");
    if (byte == '/') return failure("the path holds an encoded slash");
    if (is_control(byte)) return failure("the path holds an encoded control character");
    out += static_cast<char>(byte);
    i += 2;
  }
  if (first_invalid_utf8(out)) return failure("the path is not valid UTF-8");
  return out;
}

// RFC 3986 section 5.2.4, and empty segments dropped. `path` begins with a slash.
std::string resolve_dots(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  bool directory = true;  // does the path end in a slash
  for (size_t i = 0; i < path.size();) {
    const size_t begin = i + 1;  // path[i] is a slash
    i = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, i - begin);
    directory = true;
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
      continue;
    }
    directory = false;
    out += '/';
    out += segment;
  }
  if (directory) out += '/';
  return out;
}

Result<std::string> decode_query_part(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int byte = escaped_byte(text, i);
      if (byte < 0) return failure("the query holds a broken percent escape");
      if (byte == 0) return failure("the query holds an encoded NUL");
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  if (first_invalid_utf8(out)) return failure("the query is not valid UTF-8");
  return out;
}

Result<void> read_query(std::string_view text, Target& target) {
  target.raw_query = text;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    auto name = decode_query_part(pair.substr(0, equals));
    if (!name) return std::unexpected(name.error());
    auto value = decode_query_part(equals == pair.npos ? "" : pair.substr(equals + 1));
    if (!value) return std::unexpected(value.error());
    target.query.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

bool starts_with_scheme(std::string_view text, std::string_view scheme) {
  if (text.size() < scheme.size()) return false;
  return std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

// Takes "http://authority" off the front of an absolute form; what is left begins with `/` or `?`,
// or is empty.
Result<std::string> take_authority(std::string_view& text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_scheme(text, scheme)) continue;
    text.remove_prefix(scheme.size());
    const std::string_view authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(authority.size());
    if (authority.empty() || authority.find('@') != authority.npos) {
      return failure("the request target names no host");
    }
    return std::string(authority);
  }
  return failure("the request target is neither a path nor a URL");
}

}  // namespace

Result<Target> read_target(std::string_view text) {
  Target target;
  if (is_plain_path(text) || text == "*") {
    target.path = text;
    return target;
  }
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '#')
      return failure("the request target holds a character it may not");
  }
  if (!text.starts_with('/')) {
    auto host = take_authority(text);
    if (!host) return std::unexpected(host.error());
    target.host = std::move(*host);
  }
  const size_t question = text.find('?');
  auto path = decode_path(text.substr(0, question));
  if (!path) return std::unexpected(path.error());
  target.path = resolve_dots(*path);
  if (question != text.npos) {
    if (auto read = read_query(text.substr(question + 1), target); !read)
      return std::unexpected(read.error());
  }
  return target;
}

std::string escape_path(std::string_view path) {
  constexpr std::string_view plain = "/-._~!$&'()*+,;=:@";
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(path.size());
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || plain.find(c) != plain.npos) {
      out += c;
    } else {
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace aipol::context
