#include "runtime/schema/schema.h"

#include <doctest.h>

#include <string>

namespace aipol::schema {

namespace {

Schema made(std::string_view text) {
  auto schema = Schema::compile(text);
  REQUIRE_MESSAGE(schema, (schema ? std::string() : schema.error().message));
  return std::move(*schema);
}

std::string error(std::string_view text) {
  auto schema = Schema::compile(text);
  return schema ? "" : schema.error().message;
}

std::string difference(const Schema& schema, std::string_view text) {
  auto mismatch = schema.mismatch(text);
  return mismatch ? mismatch->path + ": " + mismatch->reason : "";
}

}  // namespace

TEST_CASE("a document fits, or it is said where it does not") {
  Schema schema =
      made(R"({"type": "object", "required": ["messages"], "additionalProperties": false,
    "properties": {"messages": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/message"}},
                   "max_tokens": {"type": "integer", "maximum": 2000}},
    "$defs": {"message": {"type": "object", "properties": {"role": {"enum": ["user", "system"]}}}}})");
  CHECK(difference(schema, R"({"messages": [{"role": "user"}], "max_tokens": 2000})") == "");
  CHECK(difference(schema, R"({"messages": [{"role": "user"}, {"role": "me"}]})") ==
        "$.messages[1].role: the value is not one of those that may stand here");
  CHECK(difference(schema, R"({"messages": [{}], "max_tokens": 2001})") ==
        "$.max_tokens: expected number less than or equal to 2000");
  CHECK(difference(schema, R"({})") == "$: missing required property 'messages'");
  CHECK(difference(schema, R"({"messages": [{}], "n": 1})") != "");
  CHECK(difference(schema, "[]") != "");
}

TEST_CASE("what is no JSON fits nothing") {
  Schema schema = made("true");
  CHECK(difference(schema, "{}") == "");
  for (std::string_view text : {"", "{", "{}{}", R"({"a": 1, "a": 2})", "nul", "\xff"})
    CHECK(difference(schema, text) == "$: this is no JSON");
  std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(difference(schema, deep) == "$: this is no JSON");
}

TEST_CASE("patterns, formats and repetitions take no more time than the text is long") {
  Schema pattern = made(R"~({"items": {"pattern": "^(a+)+$"}})~");
  std::string text = "[\"" + std::string(1'000'000, 'a') + "b\"]";
  CHECK(difference(pattern, text) != "");
  CHECK(difference(pattern, "[\"aaa\", 7]") == "");
  Schema format = made(R"({"format": "date-time"})");
  CHECK(difference(format, "\"2026-03-01T12:00:00Z\"") == "");
  CHECK(difference(format, "\"" + std::string(1'000'000, '1') + "\"") != "");
  Schema unique = made(R"({"uniqueItems": true})");
  CHECK(difference(unique, R"([1, "1", [1], {"a": 1, "b": 2}, null])") == "");
  CHECK(difference(unique, R"([{"a": 1, "b": 2}, {"b": 2, "a": 1.0}])") != "");
  std::string numbers = "[0";
  for (int i = 1; i < 100'000; ++i) numbers += "," + std::to_string(i);
  CHECK(difference(unique, numbers + "]") == "");
}

TEST_CASE("a schema that would not be enforced is no schema") {
  CHECK(error("{") == "is no JSON, has a member twice, or nests deeper than 64");
  CHECK(error("3") == "`/`: a schema is an object, or true or false");
  CHECK(error(R"({"prefixItems": []})") == "`/prefixItems`: this keyword is not enforced");
  CHECK(error(R"({"properties": {"a": {"requierd": ["b"]}}})") ==
        "`/properties/a/requierd`: this keyword is not enforced");
  CHECK(error(R"({"properties": {"prefixItems": {"minimum": 1}}})") == "");
  CHECK(error(R"({"format": "uri"})") == "`/format`: the format uri is not enforced");
  CHECK(error(R"~({"pattern": "(?=a)"})~").starts_with("`/pattern`: "));
  CHECK(error(R"({"$ref": "https://example.com/s.json"})") ==
        "`/$ref`: references lead within the file: \"#/…\"");
  CHECK(error(R"({"$ref": "#/$defs/a"})") == "`/$ref`: it leads to no schema");
  CHECK(error(R"({"$ref": "#/$defs/a", "minimum": 3, "$defs": {"a": {}}})") ==
        "`/minimum`: nothing else counts beside `$ref`: use `allOf`");
  CHECK(error(R"({"type": "nothing"})").starts_with("is no JSON Schema: "));
  CHECK(error(R"({"minLength": "a"})").starts_with("is no JSON Schema: "));
}

TEST_CASE("a schema may hold itself, but not apply because it applies") {
  Schema tree = made(R"({"type": "object", "properties": {"left": {"$ref": "#"}},
                         "required": ["value"]})");
  CHECK(difference(tree, R"({"value": 1, "left": {"value": 2}})") == "");
  CHECK(difference(tree, R"({"value": 1, "left": {"left": {"value": 2}}})") ==
        "$.left: missing required property 'value'");
  std::string circle = "it applies to a value because it applies to it";
  CHECK(error(R"({"allOf": [{"$ref": "#"}]})").ends_with(circle));
  CHECK(error(R"({"$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"})")
            .ends_with(circle));
}

}  // namespace aipol::schema
