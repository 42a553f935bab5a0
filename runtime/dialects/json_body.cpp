#include "runtime/dialects/json_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace aipol::dialects {
namespace {

std::string_view describe(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "the body is empty";
    case simdjson::UTF8_ERROR:
      return "the body is not valid UTF-8";
    case simdjson::DEPTH_ERROR:
      return "the body is nested deeper than 64 levels";
    case simdjson::STRING_ERROR:
      return "the body is not valid JSON: a string is malformed";
    case simdjson::UNCLOSED_STRING:
      return "the body is not valid JSON: a string does not end";
    case simdjson::UNESCAPED_CHARS:
      return "the body is not valid JSON: a string holds a control character";
    case simdjson::NUMBER_ERROR:
      return "the body is not valid JSON: a number is malformed or out of range";
    case simdjson::CAPACITY:
      return "the body is too large to read";
    default:
      return "the body is not valid JSON";
  }
}

// Where some object has a member twice, or nothing. Paths are made only on the way back from a
// find.
class DuplicateSearch {
 public:
  explicit DuplicateSearch(std::vector<std::string_view>& members) : members_(members) {}

  bool find(const dom::element& value) {
    if (value.is_object()) return find_in(value.get_object().value_unsafe());
    if (value.is_array()) return find_in(value.get_array().value_unsafe());
    return false;
  }
  // Steps from the innermost outwards.
  std::string path() const {
    std::string out;
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
      if (!out.empty() && !step->starts_with('[')) out += '.';
      out += *step;
    }
    return out;
  }

 private:
  bool find_in(dom::object object) {
    if (const auto twice = member_twice(object)) {
      steps_.emplace_back(*twice);
      return true;
    }
    for (const auto [name, value] : object) {
      if (!find(value)) continue;
      steps_.emplace_back(name);
      return true;
    }
    return false;
  }

  bool find_in(dom::array array) {
    size_t index = 0;
    for (const dom::element value : array) {
      if (find(value)) {
        steps_.push_back(fmt::format("[{}]", index));
        return true;
      }
      ++index;
    }
    return false;
  }

  std::optional<std::string_view> member_twice(dom::object object) {
    members_.clear();
    for (const auto [name, value] : object) members_.push_back(name);
    std::sort(members_.begin(), members_.end());
    const auto found = std::adjacent_find(members_.begin(), members_.end());
    return found == members_.end() ? std::nullopt : std::optional(*found);
  }

  std::vector<std::string_view>& members_;
  std::vector<std::string> steps_;
};

std::optional<dom::element> step_into(const dom::element& value, std::string_view step) {
  dom::element next;
  if (value.is_object() && value.get_object().at_key(step).get(next) == simdjson::SUCCESS)
    return next;
  size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool number = error == std::errc() && end == step.data() + step.size();
  if (number && value.is_array() && value.get_array().at(index).get(next) == simdjson::SUCCESS)
    return next;
  return std::nullopt;
}

std::optional<std::string> plain_value(dom::element value, std::string_view path) {
  while (!path.empty()) {
    const std::string_view step = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(step.size() + 1, path.size()));
    const auto next = step_into(value, step);
    if (!next) return std::nullopt;
    value = *next;
  }
  if (value.is_string()) return std::string(value.get_string().value_unsafe());
  if (value.is_number() || value.is_bool()) return simdjson::minify(value);
  return std::nullopt;
}

}  // namespace

void read_values(BodyReader& reader, const std::vector<std::string>& paths) {
  const dom::element root = reader.parser().dom.doc.root();
  for (const std::string& path : paths) {
    if (auto value = plain_value(root, path)) reader.values.emplace_back(path, std::move(*value));
  }
}

BodyError body_error(std::string path, std::string_view what) {
  std::string message = path.empty() ? std::string(what) : fmt::format("{}: {}", path, what);
  return {400, std::move(message), std::move(path)};
}

std::expected<dom::element, BodyError> parse_json(BodyReader& reader, Body body) {
  dom::parser& parser = reader.parser().dom;
  // simdjson counts the document itself as one level.
  if (parser.max_depth() != deepest_body + 1) {
    if (parser.allocate(4096, deepest_body + 1) != simdjson::SUCCESS)
      return std::unexpected(BodyError{503, "out of memory", {}});
  }
  dom::element root;
  const auto error = parser.parse(body.text.data(), body.text.size(), !body.padded).get(root);
  if (error != simdjson::SUCCESS)
    return std::unexpected(BodyError{400, std::string(describe(error)), {}});
  DuplicateSearch duplicates(reader.parser().members);
  if (duplicates.find(root))
    return std::unexpected(body_error(duplicates.path(), "is there twice"));
  return root;
}

std::expected<void, BodyError> read_json_body(BodyReader& reader, Body body, const Needs&,
                                              context::Ai&) {
  auto root = parse_json(reader, body);
  if (!root) return std::unexpected(root.error());
  return {};
}

}  // namespace aipol::dialects
