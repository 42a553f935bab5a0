#include "runtime/dialects/with_member.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/json_text.h"

namespace aipol::dialects {
namespace {

// Walks over a text that is known to be valid JSON.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}
  size_t at() const { return at_; }

  char next() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_[at_];
  }
  void step() { ++at_; }

  // Over a string; its content as written.
  std::string_view skip_string() {
    const size_t begin = ++at_;
    for (; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    return text_.substr(begin, at_++ - begin);
  }

  void skip_value() {
    const char first = next();
    if (first == '"') {
      skip_string();
    } else if (first == '{' || first == '[') {
      skip_nested();
    } else {
      at_ = text_.find_first_of(" \t\r\n,}]", at_);
    }
  }

 private:
  void skip_nested() {
    size_t depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
    } while (depth > 0);
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Is this string, as written in JSON, the name. Only \u escapes can hide letters.
bool is_name(std::string_view written, std::string_view wanted) {
  std::string name;
  for (size_t i = 0; i < written.size() && name.size() <= wanted.size(); ++i) {
    if (written[i] != '\\') {
      name += written[i];
      continue;
    }
    if (written[++i] != 'u') return false;
    const std::string digits(written.substr(i + 1, 4));
    const unsigned long code = std::strtoul(digits.c_str(), nullptr, 16);
    if (code >= 0x80) return false;
    name += static_cast<char>(code);
    i += 4;
  }
  return name == wanted;
}

std::string replace(std::string_view body, size_t begin, size_t end, std::string_view with) {
  std::string out;
  out.reserve(body.size() + with.size());
  out += body.substr(0, begin);
  out += with;
  out += body.substr(end);
  return out;
}

}  // namespace

std::string with_member(std::string_view body, std::string_view wanted, std::string_view json) {
  Walk walk(body);
  walk.next();
  walk.step();
  const size_t inside = walk.at();
  while (walk.next() != '}') {
    const std::string_view name = walk.skip_string();
    walk.next();
    walk.step();
    walk.next();
    const size_t value = walk.at();
    walk.skip_value();
    if (is_name(name, wanted)) return replace(body, value, walk.at(), json);
    if (walk.next() == ',') walk.step();
  }
  const bool empty = body.find_first_not_of(" \t\r\n", inside) == walk.at();
  return replace(body, inside, inside, fmt::format("\"{}\":{}{}", wanted, json, empty ? "" : ","));
}

std::string with_model(std::string_view body, std::string_view model) {
  std::string json;
  append_json_string(json, model);
  return with_member(body, "model", json);
}

}  // namespace aipol::dialects
