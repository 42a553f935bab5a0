#include "runtime/offline/read_call.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "plan/ip.h"

namespace aipol::offline {

namespace {

using nlohmann::json;
using plan::Constant;

constexpr double ns_per_second = 1e9;

std::optional<std::vector<std::string>> texts(const json& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> items;
  for (const json& item : value) {
    if (!item.is_string()) return std::nullopt;
    items.push_back(item.get<std::string>());
  }
  return items;
}

// RFC 3339, or seconds since the epoch.
std::optional<int64_t> time(const json& value) {
  if (value.is_string()) return parse_time(value.get<std::string>());
  if (!value.is_number() || std::abs(value.get<double>()) > 9e9) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>() * static_cast<int64_t>(ns_per_second);
  return std::llround(value.get<double>() * ns_per_second);
}

template <class T>
std::optional<Constant> widened(std::optional<T> value) {
  return value ? std::optional<Constant>(*value) : std::nullopt;
}

std::optional<Constant> constant_of(Form form, const json& value) {
  switch (form) {
    case Form::boolean:
      return value.is_boolean() ? std::optional<Constant>(value.get<bool>()) : std::nullopt;
    case Form::integer:
      return value.is_number_integer() ? std::optional<Constant>(value.get<int64_t>())
                                       : std::nullopt;
    case Form::real:
      return value.is_number() ? std::optional<Constant>(value.get<double>()) : std::nullopt;
    case Form::text:
      return value.is_string() ? std::optional<Constant>(value.get<std::string>()) : std::nullopt;
    case Form::ip:
      return value.is_string() ? widened(plan::parse_ip(value.get<std::string>())) : std::nullopt;
    case Form::time:
      return widened(time(value));
    case Form::texts:
      return widened(texts(value));
  }
  return std::nullopt;
}

constexpr std::string_view form_names[] = {
    "true or false",      "an integer",    "a number",
    "a string",           "an IP address", "a time (RFC 3339, or seconds since the epoch)",
    "an array of strings"};

std::optional<context::AttributeValue> attribute_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (auto list = texts(value)) return std::move(*list);
  return std::nullopt;
}

class CallReader {
 public:
  explicit CallReader(DescribedCall& out) : out_(out) {}

  Result<void> read(const json& record) {
    if (!record.is_object()) return failure("the record is not a JSON object");
    for (const auto& [key, value] : record.items()) {
      Result<void> done = key == "time" ? field("request.time", value) : container(key, value);
      if (!done) return done;
    }
    return {};
  }

 private:
  Result<void> container(const std::string& name, const json& value) {
    constexpr std::string_view known[] = {"request", "principal", "ai", "model"};
    constexpr std::string_view later[] = {"response", "usage",
                                          "session"};  // recorded, read by nothing yet
    if (std::ranges::find(later, name) != std::end(later)) return {};
    if (std::ranges::find(known, name) == std::end(known))
      return failure(fmt::format("{}: no such part of a record", name));
    if (name == "model" && value.is_string()) return field("model.name", value);
    if (!value.is_object()) return failure(fmt::format("{}: must be an object", name));
    for (const auto& [key, item] : value.items()) {
      Result<void> done = member(name, key, item);
      if (!done) return done;
    }
    return {};
  }

  Result<void> member(const std::string& object, const std::string& key, const json& value) {
    std::string path = object + "." + key;
    if (path == "request.headers" || path == "request.query") return pairs(path, value);
    if (path == "ai.messages") return messages(value);
    if (form_of(path)) return field(path, value);
    if (object == "principal") return attribute(key, path, value);
    return failure(fmt::format("{}: no such field", path));
  }

  Result<void> field(const std::string& path, const json& value) {
    Form form = *form_of(path);
    std::optional<Constant> constant = constant_of(form, value);
    if (!constant)
      return failure(fmt::format("{}: must be {}", path, form_names[static_cast<size_t>(form)]));
    set_field(out_, path, *constant);
    return {};
  }

  // Attributes that no policy reads are taken all the same: a record may hold more than this set
  // needs.
  Result<void> attribute(const std::string& key, const std::string& path, const json& value) {
    std::optional<context::AttributeValue> found = attribute_of(value);
    if (!found)
      return failure(fmt::format("{}: must be a plain value or an array of strings", path));
    set_attribute(out_, key, std::move(*found));
    return {};
  }

  Result<void> pairs(const std::string& path, const json& value) {
    if (!value.is_object()) return failure(fmt::format("{}: must be an object", path));
    for (const auto& [name, item] : value.items()) {
      if (!item.is_string()) return failure(fmt::format("{}.{}: must be a string", path, name));
      if (path == "request.headers") {
        add_header(out_, name, item.get<std::string>());
      } else {
        out_.call.request.query.emplace_back(name, item.get<std::string>());
      }
    }
    return {};
  }

  Result<void> messages(const json& value) {
    std::vector<std::string> columns[2];
    constexpr std::string_view names[] = {"role", "text"};
    if (!value.is_array()) return failure("ai.messages: must be an array");
    for (const json& message : value) {
      for (size_t i = 0; i < 2; ++i) {
        auto item = message.is_object() ? message.find(std::string(names[i])) : message.end();
        if (!message.is_object() || item == message.end() || !item->is_string()) {
          return failure(fmt::format("ai.messages: each needs the string `{}`", names[i]));
        }
        columns[i].push_back(item->get<std::string>());
      }
    }
    for (size_t i = 0; i < 2; ++i)
      set_field(out_, fmt::format("ai.messages.{}", names[i]), columns[i]);
    return {};
  }

  DescribedCall& out_;
};

}  // namespace

Result<DescribedCall> read_call(std::string_view text) {
  if (text.size() > max_record_bytes) return failure("the record is larger than 64 MiB");
  json record = json::parse(text, nullptr, false);
  if (record.is_discarded()) return failure("the record is not valid JSON");
  DescribedCall described;
  Result<void> done = CallReader(described).read(record);
  if (!done) return std::unexpected(done.error());
  return described;
}

}  // namespace aipol::offline
