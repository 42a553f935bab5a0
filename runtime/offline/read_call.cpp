#include "runtime/offline/read_call.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "plan/ip.h"
#include "runtime/offline/read_served.h"

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

// What aipol wrote itself (runtime/audit): it tells more of a request than policies can read.
bool is_recorded(const json& record) {
  auto version = record.find("v"), kind = record.find("kind");
  return version != record.end() && version->is_number_integer() && kind != record.end() &&
         kind->is_string();
}

bool is_of_request(const json& record) {
  return record["kind"] == "request" || record["kind"] == "traffic";
}

// RFC 3339, or seconds since the epoch.
std::optional<int64_t> time(const json& value) {
  if (value.is_string()) return parse_time(value.get<std::string>());
  if (!value.is_number() || std::abs(value.get<double>()) > 9e9) return std::nullopt;
  if (value.is_number_integer()) return value.get<int64_t>() * static_cast<int64_t>(ns_per_second);
  return std::llround(value.get<double>() * ns_per_second);
}

// Seconds as nanoseconds, dollars as nano-dollars.
std::optional<int64_t> billionths(const json& value) {
  if (!value.is_number() || std::abs(value.get<double>()) > 9e9) return std::nullopt;
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
    case Form::duration:
    case Form::usd:
      return widened(billionths(value));
    case Form::texts:
      return widened(texts(value));
  }
  return std::nullopt;
}

constexpr std::string_view form_names[] = {"true or false",
                                           "an integer",
                                           "a number",
                                           "a string",
                                           "an IP address",
                                           "a time (RFC 3339, or seconds since the epoch)",
                                           "a number of seconds",
                                           "a number of dollars",
                                           "an array of strings"};

std::optional<context::AttributeValue> attribute_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const json& item : value) {
    if (!item.is_string() && !item.is_number()) return std::nullopt;
    list.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return list;
}

class CallReader {
 public:
  CallReader(const plan::Plan& plan, DescribedCall& out) : plan_(plan), out_(out) {}

  Result<void> read(const json& record) {
    if (!record.is_object()) return failure("the record is not a JSON object");
    recorded_ = is_recorded(record);
    if (recorded_ && !is_of_request(record)) return failure("the record is not of a request");
    for (const auto& [key, value] : record.items()) {
      Result<void> done = key == "time" ? field("request.time", value) : container(key, value);
      if (!done) return done;
    }
    if (recorded_) out_.served = read_served(record);
    return {};
  }

 private:
  Result<void> container(const std::string& name, const json& value) {
    constexpr std::string_view known[] = {"request", "principal", "session", "ai",
                                          "model",   "response",  "usage",   "system"};
    bool unknown = std::ranges::find(known, name) == std::end(known);
    if (unknown && recorded_) return name == "id" ? field("request.id", value) : Result<void>();
    if (unknown) return failure(fmt::format("{}: no such part of a record", name));
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
    if (path == "ai.messages") return records(path, {"role", "text"}, value);
    if (path == "response.tool_calls") return records(path, {"name", "arguments"}, value);
    if (path == "ai.tool") return tool(value);
    if (form_of(path)) return field(path, value);
    bool read = std::ranges::find(plan_.sources, path, &plan::Source::path) != plan_.sources.end();
    if (object == "principal" || (object == "request" && read)) return attribute(path, value);
    if (path == "system.policy_version" || recorded_) return {};
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
  Result<void> attribute(const std::string& path, const json& value) {
    std::optional<context::AttributeValue> found = attribute_of(value);
    if (!found)
      return failure(
          fmt::format("{}: must be a plain value or an array of strings or numbers", path));
    set_attribute(out_, path, std::move(*found));
    return {};
  }

  Result<void> tool(const json& value) {
    if (!value.is_object()) return failure("ai.tool: must be an object");
    for (const auto& [key, item] : value.items()) {
      Result<void> done =
          key == "args" ? pairs("ai.tool.args", item) : member("ai.tool", key, item);
      if (!done) return done;
    }
    return {};
  }

  Result<void> pairs(const std::string& path, const json& value) {
    if (!value.is_object()) return failure(fmt::format("{}: must be an object", path));
    for (const auto& [name, item] : value.items()) {
      if (!item.is_string()) return failure(fmt::format("{}.{}: must be a string", path, name));
      if (path == "request.headers") {
        add_header(out_, name, item.get<std::string>());
      } else if (path == "ai.tool.args") {
        out_.call.ai.tool.arguments.emplace_back(name, item.get<std::string>());
      } else {
        out_.call.request.query.emplace_back(name, item.get<std::string>());
      }
    }
    return {};
  }

  // A list of records of texts, column by column.
  Result<void> records(const std::string& path, const std::vector<std::string>& names,
                       const json& value) {
    if (!value.is_array()) return failure(fmt::format("{}: must be an array", path));
    std::vector<std::vector<std::string>> columns(names.size());
    for (const json& record : value) {
      for (size_t i = 0; i < names.size(); ++i) {
        auto item = record.is_object() ? record.find(names[i]) : record.end();
        if (!record.is_object() || item == record.end() || !item->is_string())
          return failure(fmt::format("{}: each needs the string `{}`", path, names[i]));
        columns[i].push_back(item->get<std::string>());
      }
    }
    for (size_t i = 0; i < names.size(); ++i)
      set_field(out_, fmt::format("{}.{}", path, names[i]), columns[i]);
    return {};
  }

  const plan::Plan& plan_;
  DescribedCall& out_;
  bool recorded_ = false;
};

}  // namespace

bool is_other_record(std::string_view text) {
  if (text.size() > max_record_bytes) return false;
  json record = json::parse(text, nullptr, false);
  return record.is_object() && is_recorded(record) && !is_of_request(record);
}

Result<DescribedCall> read_call(std::string_view text, const plan::Plan& plan) {
  if (text.size() > max_record_bytes) return failure("the record is larger than 64 MiB");
  json record = json::parse(text, nullptr, false);
  if (record.is_discarded()) return failure("the record is not valid JSON");
  DescribedCall described;
  Result<void> done = CallReader(plan, described).read(record);
  if (!done) return std::unexpected(done.error());
  return described;
}

}  // namespace aipol::offline
