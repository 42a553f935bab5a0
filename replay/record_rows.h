// How each field of a record's objects is read: a row for each.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "replay/shapes.h"

namespace aipol::replay {

// How a field's value is read.
enum class Form : uint8_t {
  value,       // a scalar
  telling,     // the same; what is known of the record goes by it
  texts,       // a list of them
  pairs,       // an object of names and texts
  lower_case,  // the same, and names have no capitals
  messages,
  tool_calls
};

struct Row {
  std::string_view name;
  Field field;
  Form form;
  Take take, other = nullptr;  // of lists of records both parts of each
};

template <class Item>
Item& item_of(std::vector<Item>& list, const Place& place) {
  if (place.index == list.size()) list.emplace_back();
  return list[place.index];
}

// A Take of the record `r`, the token `t` and `place`.
#define AIPOL_TAKE(call) \
  [](Record& r, const Place& place, const Token& t) { return (void)place, call; }

extern const std::span<const Row> request_rows, principal_rows, session_rows, system_rows, ai_rows,
    tool_rows, model_rows, response_rows, usage_rows;

}  // namespace aipol::replay
