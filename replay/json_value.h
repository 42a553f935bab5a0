// Values of a JSON record, read where they stand: what nobody asks for is passed over. False, of
// any of these, is no error: the value is not the plain case, and another way decides what it
// means.
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
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text_hash.h"
#include "plan/ip.h"
#include "runtime/context/call.h"

namespace aipol::replay {

using Value = simdjson::ondemand::value;

constexpr bool not_simple = false;

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

// The text is there until the next record is read.
inline bool take(Value value, std::string_view& text) {
  std::string_view token = value.raw_json_token();
  if (token.front() != '"') return not_simple;
  if (std::memchr(token.data(), '\\', token.size()) != nullptr)
    return value.get_string().get(text) == simdjson::SUCCESS;
  size_t end = token.rfind('"');
  text = token.substr(1, end - 1);
  return end > 0;
}

bool take(Value value, std::string& into);
bool take(Value value, bool& into);
bool take(Value value, int64_t& into);
bool take_within(Value value, int64_t least, int64_t most, int64_t& into);
bool take(Value value, double& into);
bool take(Value value, plan::Ip& into);
bool take(Value value, std::vector<std::string>& into);

template <class Taken>
bool take(Value value, std::optional<Taken>& into) {
  return take(value, into.emplace());
}

// Seconds, to nanoseconds; dollars, to nano-dollars.
bool take_billionths(Value value, int64_t& into);
// RFC 3339, or seconds since the epoch.
bool take_time(Value value, int64_t& into);
bool take_time(Value value, std::optional<int64_t>& into);

// Names and texts, each name once.
bool take_pairs(Value value, std::vector<std::pair<std::string, std::string>>& into,
                bool lower_case);
bool take_attribute(std::string_view name, Value value, context::Attributes& into);

// A list of records of two texts; more in one of them means nothing.
template <class Item>
bool take_list(Value value, std::vector<Item>& into, std::string_view first,
               std::string Item::* one, std::string_view second, std::string Item::* other) {
  return into.empty() && visit_items(value, [&](Value item) {
           Item& made = into.emplace_back();
           bool has_one = false, has_other = false;
           bool simple = visit_members(item, [&](const Name& name, Value text) {
             bool is_one = name.is(first);
             if (!is_one && !name.is(second)) return means_nothing(name);
             if (std::exchange(is_one ? has_one : has_other, true)) return not_simple;
             return take(text, made.*(is_one ? one : other));
           });
           return simple && has_one && has_other;
         });
}

}  // namespace aipol::replay
