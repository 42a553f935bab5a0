#include "importing/yaml.h"

#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/text.h"

namespace aipol::importing {

namespace {

std::unexpected<Error> not_utf8(uint32_t line) {
  return failure(fmt::format("line {}: is not valid UTF-8", line));
}

class Converter {
 public:
  Result<Yaml> convert(const YAML::Node& node, size_t depth) {
    Yaml out;
    out.line = static_cast<uint32_t>(node.Mark().line + 1);
    if (depth > max_yaml_depth)
      return failure(
          fmt::format("line {}: nested more than {} levels deep", out.line, max_yaml_depth));
    if (++nodes_ > max_yaml_nodes)
      return failure(fmt::format("line {}: more than {} values", out.line, max_yaml_nodes));
    if (node.IsScalar()) {
      out.kind = Yaml::Kind::scalar;
      if (first_invalid_utf8(node.Scalar())) return not_utf8(out.line);
      out.text = node.Scalar();
      out.is_quoted = node.Tag() == "!";
    } else if (node.IsSequence()) {
      out.kind = Yaml::Kind::list;
      for (const YAML::Node& item : node) {
        Result<Yaml> read = convert(item, depth + 1);
        if (!read) return read;
        out.items.push_back(std::move(*read));
      }
    } else if (node.IsMap()) {
      out.kind = Yaml::Kind::map;
      for (const auto& member : node) {
        const YAML::Node& key = member.first;
        const YAML::Node& value = member.second;
        if (!key.IsScalar()) return failure(fmt::format("line {}: a key must be a text", out.line));
        if (first_invalid_utf8(key.Scalar())) return not_utf8(out.line);
        Result<Yaml> read = convert(value, depth + 1);
        if (!read) return read;
        // Of a null the place is that of its key.
        if (read->kind == Yaml::Kind::null || read->line == 0)
          read->line = static_cast<uint32_t>(key.Mark().line + 1);
        out.members.push_back({key.Scalar(), std::move(*read)});
      }
    }
    return out;
  }

 private:
  size_t nodes_ = 0;
};

// How deep the text may be nested at most, by its brackets and its indentation: yaml-cpp recurses.
bool is_too_deep(std::string_view text) {
  size_t depth = 0;
  for (char c : text) {
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    if (depth > 4 * max_yaml_depth) return true;
  }
  size_t dashes = 0;
  for (char c : text) {
    if (c == '\n') dashes = 0;
    if (c == '-' && ++dashes > 1000) return true;
  }
  return false;
}

}  // namespace

const Yaml* Yaml::find(std::string_view name) const {
  for (const auto& [key, value] : members)
    if (key == name) return value.kind == Kind::null ? nullptr : &value;
  return nullptr;
}

Result<Yaml> parse_yaml(std::string_view text) {
  if (text.size() > max_yaml_bytes) return failure("is larger than 4 MiB");
  if (is_too_deep(text)) return failure("is nested too deeply");
  try {
    return Converter().convert(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& error) {
    return failure(fmt::format("line {}: {}", error.mark.line + 1, error.msg));
  } catch (const std::exception&) {
    return failure("is no YAML");
  }
}

std::optional<std::string> text_of(const Yaml* value) {
  if (value == nullptr || value->kind != Yaml::Kind::scalar || value->text.empty())
    return std::nullopt;
  return value->text;
}

std::optional<double> number_of(const Yaml* value) {
  auto text = text_of(value);
  if (!text) return std::nullopt;
  double number = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  bool whole = error == std::errc() && end == text->data() + text->size() && std::isfinite(number);
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<int64_t> integer_of(const Yaml* value) {
  std::optional<double> number = number_of(value);
  if (!number || std::trunc(*number) != *number || std::abs(*number) > 9e15) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::vector<std::string> texts_of(const Yaml* value) {
  std::vector<std::string> texts;
  if (auto text = text_of(value)) texts.push_back(*text);
  if (value != nullptr)
    for (const Yaml& item : value->items)
      if (auto text = text_of(&item)) texts.push_back(*text);
  return texts;
}

}  // namespace aipol::importing
