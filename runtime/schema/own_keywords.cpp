#include "runtime/schema/own_keywords.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema_parser.hpp>
#include <vector>

#include "stdlib/native/regex.h"

namespace aipol::schema {

namespace {

using valijson::adapters::Adapter;
using Holds = std::function<bool(const Adapter&)>;

struct Format {
  std::string_view name, pattern;
};
constexpr Format formats[] = {
    {"date", R"(^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$)"},
    {"time",
     R"(^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$)"},
    {"date-time",
     R"(^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$)"},
    {"email", R"(^[^@\s]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$)"},
    {"uuid", R"(^(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$)"},
};

// What a value must be, in the place of a value that it must equal.
class Must final : public valijson::adapters::FrozenValue {
 public:
  explicit Must(Holds holds) : holds_(std::move(holds)) {}
  FrozenValue* clone() const override { return new Must(holds_); }
  bool equalTo(const Adapter& value, bool) const override { return holds_(value); }

 private:
  Holds holds_;
};

Holds matches(std::string_view pattern) {
  auto regex = std::make_shared<const native::Regex>(native::Regex::compile(pattern).value());
  return [regex](const Adapter& value) {
    return !value.isString() || regex->found_in(value.getString());
  };
}

// Equal for equal values. As deep as the document.
std::string written(const Adapter& value) {
  if (value.isNumber()) return fmt::format("{}", value.getNumber());
  if (value.isString())
    return Json(value.getString()).dump(-1, ' ', false, Json::error_handler_t::replace);
  if (value.isBool()) return value.getBool() ? "true" : "false";
  std::vector<std::string> parts;
  if (value.isArray()) {
    value.applyToArray([&](const Adapter& part) {
      parts.push_back(written(part));
      return true;
    });
    return fmt::format("[{}]", fmt::join(parts, ","));
  }
  if (!value.isObject()) return "null";
  value.applyToObject([&](const std::string& name, const Adapter& part) {
    parts.push_back(Json(name).dump(-1, ' ', false, Json::error_handler_t::replace) + ":" +
                    written(part));
    return true;
  });
  std::ranges::sort(parts);
  return fmt::format("{{{}}}", fmt::join(parts, ","));
}

bool has_no_item_twice(const Adapter& value) {
  if (!value.isArray()) return true;
  std::vector<std::string> items;
  value.applyToArray([&](const Adapter& item) {
    items.push_back(written(item));
    return true;
  });
  std::ranges::sort(items);
  return std::ranges::adjacent_find(items) == items.end();
}

Holds meaning(std::string_view keyword, const Adapter& value) {
  if (keyword == "pattern") return matches(value.getString());
  if (keyword == "format")
    return matches(std::ranges::find(formats, value.getString(), &Format::name)->pattern);
  return value.getBool() ? has_no_item_twice : Holds([](const Adapter&) { return true; });
}

class Builder final : public valijson::ConstraintBuilder {
 public:
  explicit Builder(std::string_view keyword) : keyword_(keyword) {}
  valijson::constraints::Constraint* make(const Adapter& value) const override {
    auto constraint = std::make_unique<valijson::constraints::EnumConstraint>();
    constraint->addValue(Must(meaning(keyword_, value)));
    return constraint.release();
  }

 private:
  std::string_view keyword_;
};

}  // namespace

std::string renamed(std::string_view keyword) { return fmt::format("aipol:{}", keyword); }

std::optional<std::string> bad_value(std::string_view keyword, const Json& value) {
  if (keyword == "uniqueItems" && !value.is_boolean()) return "this is true or false";
  if (keyword != "pattern" && keyword != "format") return std::nullopt;
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return "this is a text";
  if (keyword == "pattern") {
    auto regex = native::Regex::compile(*text);
    return regex ? std::nullopt : std::optional(regex.error().message);
  }
  if (std::ranges::find(formats, *text, &Format::name) != std::end(formats)) return std::nullopt;
  return fmt::format("the format {} is not enforced", *text);
}

void add_own_keywords(valijson::SchemaParser& parser) {
  for (std::string_view keyword : own_keywords)
    parser.addConstraintBuilder(renamed(keyword), new Builder(keyword));
}

}  // namespace aipol::schema
