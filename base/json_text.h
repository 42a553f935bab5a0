// Writing JSON by hand, for lines and bodies of known shape.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace aipol {

// Appends the text as a JSON string with its quotes. What is not valid UTF-8 becomes U+FFFD, so
// that the result always is a JSON document.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, int64_t value);
// Nano-dollars as dollars, nanoseconds as seconds: 1'500'000 is 0.0015. Exact.
void append_json_billionths(std::string& out, int64_t billionths);

// Objects and lists, written as they come, behind what is in the text already. Names are plain
// ASCII.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out), begin_(out.size()) {}

  void open(char bracket) {
    separate();
    out_ += bracket;
  }
  void open(std::string_view name, char bracket) {
    begin(name);
    out_ += bracket;
  }
  void close(char bracket) { out_ += bracket; }

  void text(std::string_view name, std::string_view value) {
    begin(name);
    append_json_string(out_, value);
  }
  void text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, int64_t value) {
    begin(name);
    append_json_number(out_, value);
  }
  void number_if_any(std::string_view name, int64_t value) {
    if (value != 0) number(name, value);
  }
  void billionths(std::string_view name, int64_t billionths) {
    begin(name);
    append_json_billionths(out_, billionths);
  }
  void boolean(std::string_view name, bool value) {
    begin(name);
    out_ += value ? "true" : "false";
  }
  void number_element(int64_t value) {
    separate();
    append_json_number(out_, value);
  }
  // A member of any name, whose value the caller appends.
  void begin_any(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
  }
  void open_here(char bracket) { out_ += bracket; }
  // A number or other value that is JSON already.
  void literal(std::string_view name, std::string_view value) {
    begin(name);
    out_ += value;
  }
  // A member whose name may hold anything.
  void pair(std::string_view name, std::string_view value) {
    begin_any(name);
    append_json_string(out_, value);
  }
  void flag_if_set(std::string_view name, bool value) {
    if (value) boolean(name, true);
  }
  template <class Texts>
  void texts_if_any(std::string_view name, const Texts& values) {
    if (values.empty()) return;
    open(name, '[');
    for (const auto& value : values) element(value);
    close(']');
  }
  void element(std::string_view value) {
    separate();
    append_json_string(out_, value);
  }
  // A member whose value the caller appends.
  void begin(std::string_view name) {
    const bool first = is_first();
    const size_t at = out_.size();
    out_.resize_and_overwrite(at + name.size() + 4, [&](char* text, size_t) {
      char* to = text + at;
      if (!first) *to++ = ',';
      *to++ = '"';
      to = std::copy(name.begin(), name.end(), to);
      *to++ = '"';
      *to++ = ':';
      return to - text;
    });
  }

 private:
  bool is_first() const {
    return out_.size() == begin_ || out_.back() == '{' || out_.back() == '[';
  }
  void separate() {
    if (!is_first()) out_ += ',';
  }

  std::string& out_;
  size_t begin_;  // of what is written here
};

}  // namespace aipol
