#include "replay/logs/mapping.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/civil.h"

namespace aipol::replay::logs {

namespace {

using offline::Form;

struct Unit {
  std::string_view name;
  bool is_money;
  double scale;  // to seconds, to dollars
};

constexpr Unit units[] = {{"seconds", false, 1},         {"milliseconds", false, 1e-3},
                          {"microseconds", false, 1e-6}, {"nanoseconds", false, 1e-9},
                          {"dollars", true, 1},          {"cents", true, 1e-2},
                          {"micro-dollars", true, 1e-6}, {"nano-dollars", true, 1e-9}};

const Unit* unit_of(std::string_view name) {
  const Unit* found = std::ranges::find(units, name, &Unit::name);
  return found == std::end(units) ? nullptr : found;
}

// "/a~1b/0" as "a/b", "0"; the whole document is "".
std::optional<Pointer> pointer_of(const json& value) {
  if (!value.is_string()) return std::nullopt;
  std::string_view text = value.get_ref<const std::string&>();
  if (!text.empty() && text.front() != '/') return std::nullopt;
  Pointer names;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      names.emplace_back();
    } else if (text[i] != '~') {
      names.back() += text[i];
    } else {
      char code = ++i < text.size() ? text[i] : ' ';
      if (code != '0' && code != '1') return std::nullopt;
      names.back() += code == '0' ? '~' : '/';
    }
  }
  return names;
}

// Null where there is nothing, or null.
const json* resolve(const json& document, const Pointer& names) {
  const json* at = &document;
  for (const std::string& name : names) {
    if (at->is_array()) {
      json digits = name;
      std::optional<int64_t> index = integer_of(&digits);
      if (!index || *index < 0 || static_cast<size_t>(*index) >= at->size()) return nullptr;
      at = &(*at)[static_cast<size_t>(*index)];
    } else {
      at = member(*at, name);
    }
    if (at == nullptr) return nullptr;
  }
  return at->is_null() ? nullptr : at;
}

bool is_tail(std::string_view name, std::string_view object) {
  return name.starts_with(object) && name.size() > object.size();
}

// The form of a contract's field; nothing where there is no such field.
std::optional<Form> form_of(std::string_view name) {
  if (name == "time") return Form::time;
  bool is_column = is_tail(name, "ai.messages.") || is_tail(name, "response.tool_calls.");
  if (auto form = offline::form_of(name)) return is_column ? std::nullopt : form;
  for (std::string_view pairs : {"request.headers.", "request.query.", "ai.tool.args."})
    if (is_tail(name, pairs)) return Form::text;
  return std::nullopt;
}

bool is_attribute(std::string_view name) {
  return (is_tail(name, "principal.") || is_tail(name, "request.")) &&
         std::ranges::count(name, '.') == 1;
}

// A number, or a text of one.
std::optional<json> numeric(Form form, const json& value) {
  if (form == Form::integer) {
    auto number = integer_of(&value);
    return number ? std::optional<json>(*number) : std::nullopt;
  }
  auto number = number_of(&value);
  return number ? std::optional<json>(*number) : std::nullopt;
}

std::optional<json> texts_of(const json& value) {
  json list = json::array();
  if (value.is_string()) {
    list.push_back(value);
    return list;
  }
  if (!value.is_array()) return std::nullopt;
  for (const json& item : value) {
    if (!item.is_string() && !item.is_number()) return std::nullopt;
    list.push_back(item.is_string() ? item : json(item.dump()));
  }
  return list;
}

std::optional<json> plain_text(const json& value) {
  if (value.is_string()) return value;
  if (value.is_number() || value.is_boolean()) return json(value.dump());
  return std::nullopt;
}

// In seconds or dollars; a time that is a text without unit is RFC 3339 and stays.
std::optional<json> measured(Form form, const json& value, double scale, bool is_scaled) {
  if (form == Form::time && value.is_string() && !is_scaled)
    return parse_time(value.get_ref<const std::string&>()) ? std::optional(value) : std::nullopt;
  std::optional<double> number = number_of(&value);
  if (!number || std::abs(*number * scale) > 9e9) return std::nullopt;
  if (form != Form::time) return json(*number * scale);
  return json(format_time(std::llround(*number * scale * 1e6) * 1000));
}

constexpr std::string_view form_names[] = {"true or false", "an integer", "a number",
                                           "a text",        "an address", "a time",
                                           "a duration",    "an amount",  "a list of texts"};

}  // namespace

Result<Mapping::Field> Mapping::read_field(const std::string& name, const json& value) {
  std::optional<Form> form = form_of(name);
  Field field{.name = name, .at = {}, .value = {}, .form = form.value_or(Form::text), .words = {}};
  field.is_attribute = !form;
  if (!form && !is_attribute(name))
    return failure(fmt::format("`{}` is no field of a record; docs/fields.md lists them", name));
  const json* at = value.is_string() ? &value : member(value, "at");
  const json* constant = member(value, "value");
  if (value.is_object()) {
    for (const auto& [key, item] : value.items())
      if (key != "at" && key != "value" && key != "as" && key != "words")
        return failure(
            fmt::format("`{}`: there is no `{}`; there are at, value, as, words", name, key));
  }
  if ((at == nullptr) == (constant == nullptr))
    return failure(fmt::format("`{}`: needs a pointer, or an object with `at` or `value`", name));
  if (constant != nullptr) field.value = *constant;
  if (at != nullptr) {
    field.at = pointer_of(*at);
    if (!field.at) return failure(fmt::format("`{}`: `at` must be a JSON pointer: \"/a/b\"", name));
  }
  if (const json* as = member(value, "as")) {
    const Unit* unit = as->is_string() ? unit_of(as->get_ref<const std::string&>()) : nullptr;
    bool is_time = field.form == Form::time || field.form == Form::duration;
    if (unit == nullptr || (unit->is_money ? field.form != Form::usd : !is_time))
      return failure(fmt::format("`{}`: `as` must be a unit of {}", name,
                                 field.form == Form::usd
                                     ? "money: dollars, cents, micro-dollars, nano-dollars"
                                     : "time, for fields that are times: seconds, milliseconds, "
                                       "microseconds, nanoseconds"));
    field.scale = unit->scale;
    field.is_scaled = true;
  }
  if (const json* words = member(value, "words")) {
    if (!words->is_object()) return failure(fmt::format("`{}`: `words` must be an object", name));
    for (const auto& [from, to] : words->items()) {
      if (!to.is_string()) return failure(fmt::format("`{}`: `words` holds texts alone", name));
      field.words[from] = to.get<std::string>();
    }
  }
  if (constant != nullptr) {
    Result<json> fits = converted(field, field.value);
    if (!fits) return std::unexpected(fits.error());
  }
  return field;
}

Result<Mapping> Mapping::parse(std::string_view text) {
  if (text.size() > max_mapping_bytes) return failure("the mapping is larger than 1 MiB");
  Result<json> document = parse_document(text);
  if (!document) return failure("the mapping " + document.error().message);
  const json* fields = member(*document, "fields");
  if (fields == nullptr || !fields->is_object() || fields->empty())
    return failure("the mapping needs an object `fields`");
  Mapping mapping;
  for (const auto& [key, value] : document->items()) {
    if (key == "fields") continue;
    if (key != "records")
      return failure(fmt::format("there is no `{}` in a mapping; there are fields, records", key));
    mapping.records_ = pointer_of(value);
    if (!mapping.records_) return failure("`records` must be a JSON pointer: \"/events\"");
  }
  for (const auto& [name, value] : fields->items()) {
    Result<Field> field = read_field(name, value);
    if (!field) return std::unexpected(field.error());
    mapping.fields_.push_back(std::move(*field));
  }
  return mapping;
}

Result<json> Mapping::converted(const Field& field, const json& given) {
  const json* value = &given;
  json word;
  if (!field.words.empty()) {
    std::optional<json> text = plain_text(given);
    auto found = text ? field.words.find(text->get<std::string>()) : field.words.end();
    if (found != field.words.end()) value = &(word = found->second);
  }
  std::optional<json> made;
  switch (field.form) {
    case Form::boolean:
      if (auto flag = boolean_of(value)) made = *flag;
      break;
    case Form::integer:
    case Form::real:
      made = numeric(field.form, *value);
      break;
    case Form::text:
      made = field.is_attribute && (value->is_array() || value->is_number() || value->is_boolean())
                 ? std::optional(*value)
                 : plain_text(*value);
      break;
    case Form::ip: {
      Record record;
      record.set_ip(text_of(value));
      if (record.has("request.ip")) made = *value;
      break;
    }
    case Form::time:
    case Form::duration:
    case Form::usd:
      made = measured(field.form, *value, field.scale, field.is_scaled);
      break;
    case Form::texts:
      made = texts_of(*value);
      break;
  }
  if (made) return std::move(*made);
  return failure(fmt::format("{}: what the mapping points to is not {}", field.name,
                             form_names[static_cast<size_t>(field.form)]));
}

Result<void> Mapping::apply(const json& origin, Record& record) const {
  for (const Field& field : fields_) {
    const json* value = field.at ? resolve(origin, *field.at) : &field.value;
    if (value == nullptr) continue;
    Result<json> made = converted(field, *value);
    if (!made) return std::unexpected(made.error());
    if (field.form == Form::ip)
      record.set_ip(text_of(&*made));
    else
      record.set(field.name, std::move(*made));
  }
  return {};
}

void Mapping::translate(const json& document, Records& out) const {
  if (!records_) return out.add(Record(), document);
  const json* elements = resolve(document, *records_);
  if (elements == nullptr || !elements->is_array())
    return out.unreadable("has no array at the mapping's `records`");
  for (const json& element : *elements) out.add(Record(), element);
}

}  // namespace aipol::replay::logs
