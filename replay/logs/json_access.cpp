#include "replay/logs/json_access.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"

namespace aipol::replay::logs {

namespace {

// How deep the brackets outside of strings go.
bool is_too_deep(std::string_view text) {
  size_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<json> parse_document(std::string_view text) {
  if (is_too_deep(text)) return failure(fmt::format("is nested more than {} levels deep", deepest));
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return failure("is not valid JSON");
  return document;
}

const json* member(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

const json* member(const json& object, std::initializer_list<std::string_view> names) {
  const json* at = &object;
  for (std::string_view name : names) {
    at = member(*at, name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::optional<std::string_view> text_of(const json* value) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  std::string_view text = value->get_ref<const std::string&>();
  if (text.empty() || text == "-") return std::nullopt;
  return text;
}

std::optional<int64_t> integer_of(const json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number_unsigned()) {
    auto number = value->get<uint64_t>();
    return number > INT64_MAX ? std::nullopt : std::optional(static_cast<int64_t>(number));
  }
  if (value->is_number_integer()) return value->get<int64_t>();
  if (value->is_number_float()) {
    double number = value->get<double>();
    if (std::trunc(number) != number || std::abs(number) > 9e15) return std::nullopt;
    return static_cast<int64_t>(number);
  }
  return value->is_string() ? parsed<int64_t>(value->get_ref<const std::string&>()) : std::nullopt;
}

std::optional<double> number_of(const json* value) {
  if (value == nullptr) return std::nullopt;
  std::optional<double> number;
  if (value->is_number()) number = value->get<double>();
  if (value->is_string()) number = parsed<double>(value->get_ref<const std::string&>());
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<bool> boolean_of(const json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  if (!value->is_string()) return std::nullopt;
  std::string text = lower_ascii(value->get_ref<const std::string&>());
  if (text == "true") return true;
  return text == "false" ? std::optional(false) : std::nullopt;
}

std::optional<json> unwrapped(const json* value) {
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) return *value;
  Result<json> inner = parse_document(value->get_ref<const std::string&>());
  return inner ? std::optional(std::move(*inner)) : std::nullopt;
}

}  // namespace aipol::replay::logs
