// JSON records, read where they stand: what nobody asks for is passed over. False, of any of these,
// is no error: the value is not the plain case, and another way decides what it means.
#pragma once

// What simdjson asserts about its own code would take a third of the time.
#ifndef NDEBUG
#define NDEBUG
#include <simdjson.h>
#undef NDEBUG
#else
#include <simdjson.h>
#endif
#include <cassert>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text_hash.h"
#include "replay/token.h"

namespace aipol::replay {

using Value = simdjson::ondemand::value;

// The name of a member, as it stands in the line.
class Name {
 public:
  explicit Name(simdjson::ondemand::raw_json_string key) : begin_(key.raw()) {}

  // `text` is shorter than what may be read behind the line.
  bool is(std::string_view text) const {
    return begin_[text.size()] == '"' && same_text({begin_, text.size()}, text);
  }
  // Nothing where something in it is escaped: it may be any name.
  std::optional<std::string_view> text() const {
    const char* end = begin_;
    while (*end != '"' && *end != '\\') ++end;
    if (*end == '\\') return std::nullopt;
    return std::string_view(begin_, static_cast<size_t>(end - begin_));
  }

 private:
  const char* begin_;
};

// Of a member that means nothing by any of the names that it was held against.
inline bool means_nothing(const Name& name) { return name.text().has_value(); }

// Calls visit(name, value) for each member, until one is not simple.
template <class Visit>
bool visit_members(simdjson::ondemand::object object, Visit visit) {
  for (auto member : object) {
    simdjson::ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS) return not_simple;
    if (!visit(Name(field.key()), field.value())) return not_simple;
  }
  return true;
}

template <class Visit>
bool visit_members(Value value, Visit visit) {
  simdjson::ondemand::object object;
  return value.get_object().get(object) == simdjson::SUCCESS && visit_members(object, visit);
}

template <class Visit>
bool visit_items(Value value, Visit visit) {
  simdjson::ondemand::array items;
  if (value.get_array().get(items) != simdjson::SUCCESS) return not_simple;
  for (auto item : items) {
    Value one;
    if (std::move(item).get(one) != simdjson::SUCCESS || !visit(one)) return not_simple;
  }
  return true;
}

// The scalar's text is there until the next record is read. What is none has the text of its
// bracket.
inline bool token_of(Value value, Token& token) {
  std::string_view raw = value.raw_json_token();
  size_t end = raw.find_last_not_of(" \t\r\n");
  if (end == raw.npos) return not_simple;
  if (raw.front() != '"') {
    bool number = number_end(raw.data()) == raw.data() + end + 1;
    token = {raw.substr(0, end + 1), number ? Written::number : Written::word};
    return true;
  }
  token = {raw.substr(1, end - 1), Written::text};
  if (std::memchr(raw.data(), '\\', end) != nullptr)
    return value.get_string().get(token.text) == simdjson::SUCCESS;
  return end > 0 && raw[end] == '"';
}

}  // namespace aipol::replay
