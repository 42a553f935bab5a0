#include "replay/json_value.h"

#include <algorithm>
#include <cmath>

#include "base/civil.h"

namespace aipol::replay {

namespace {

using simdjson::SUCCESS;
using simdjson::ondemand::json_type;
using simdjson::ondemand::number;

constexpr double ns_per_second = 1e9, most_seconds = 9e9;

bool has_type(Value value, json_type wanted) {
  json_type type;
  return value.type().get(type) == SUCCESS && type == wanted;
}

}  // namespace

bool take(Value value, std::string& into) {
  std::string_view text;
  if (!take(value, text)) return not_simple;
  into.assign(text);
  return true;
}

bool take(Value value, bool& into) { return value.get_bool().get(into) == SUCCESS; }

bool take(Value value, int64_t& into) { return value.get_int64().get(into) == SUCCESS; }

bool take_within(Value value, int64_t least, int64_t most, int64_t& into) {
  return take(value, into) && into >= least && into <= most;
}

bool take(Value value, double& into) {
  number read;
  // What is beyond 64 bits with a sign is no plain number.
  if (!has_type(value, json_type::number) || value.get_number().get(read) != SUCCESS ||
      read.is_uint64())
    return not_simple;
  into = read.as_double();
  return true;
}

bool take(Value value, plan::Ip& into) {
  std::string_view text;
  if (!take(value, text)) return not_simple;
  std::optional<plan::Ip> ip = plan::parse_ip(text);
  if (ip) into = *ip;
  return ip.has_value();
}

bool take(Value value, std::vector<std::string>& into) {
  return visit_items(value, [&](Value item) { return take(item, into.emplace_back()); });
}

bool take_billionths(Value value, int64_t& into) {
  double read = 0;
  if (!take(value, read) || std::abs(read) > most_seconds) return not_simple;
  into = std::llround(read * ns_per_second);
  return true;
}

bool take_time(Value value, int64_t& into) {
  std::string_view text;
  if (take(value, text)) {
    std::optional<int64_t> time = parse_time(text);
    if (time) into = *time;
    return time.has_value();
  }
  number read;
  if (!has_type(value, json_type::number) || value.get_number().get(read) != SUCCESS ||
      read.is_uint64() || std::abs(read.as_double()) > most_seconds)
    return not_simple;
  into = read.is_int64() ? read.get_int64() * static_cast<int64_t>(ns_per_second)
                         : std::llround(read.get_double() * ns_per_second);
  return true;
}

bool take_time(Value value, std::optional<int64_t>& into) {
  return take_time(value, into.emplace());
}

bool take_pairs(Value value, std::vector<std::pair<std::string, std::string>>& into,
                bool lower_case) {
  return visit_members(value, [&](const Name& told, Value text) {
    if (!told.text()) return not_simple;
    std::string_view name = *told.text();
    bool cased = std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    bool again = std::ranges::any_of(into, [&](const auto& pair) { return pair.first == name; });
    if ((lower_case && cased) || again) return not_simple;
    return take(text, into.emplace_back(std::string(name), std::string()).second);
  });
}

bool take_attribute(std::string_view name, Value value, context::Attributes& into) {
  std::string key(name);
  json_type type;
  if (value.type().get(type) != SUCCESS) return not_simple;
  switch (type) {
    case json_type::boolean: {
      bool read = false;
      return take(value, read) && into.try_emplace(key, read);
    }
    case json_type::number: {
      number read;
      if (value.get_number().get(read) != SUCCESS || read.is_uint64()) return not_simple;
      return read.is_int64() ? into.try_emplace(key, read.get_int64())
                             : into.try_emplace(key, read.get_double());
    }
    case json_type::string: {
      std::string text;
      return take(value, text) && into.try_emplace(key, std::move(text));
    }
    case json_type::array: {
      std::vector<std::string> list;  // of numbers: the other way writes them
      return take(value, list) && into.try_emplace(key, std::move(list));
    }
    default:
      return not_simple;
  }
}

}  // namespace aipol::replay
