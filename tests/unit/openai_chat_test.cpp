#include <doctest.h>

#include "runtime/dialects/dialect.h"
#include "base/json_text.h"
#include "runtime/dialects/openai_answers.h"
#include "runtime/dialects/with_member.h"

using namespace aipol;
using namespace aipol::dialects;

namespace {

struct Reading {
  std::string error;  // "" where it was read
  std::string param;
  context::Ai ai;
  bool wants_usage = false;
  std::vector<std::pair<std::string, std::string>> values;
};

Reading read(std::string_view body, const Needs& needs = {}, std::string_view accepts = "chat",
             std::string_view method = "post") {
  BodyReader reader;
  Reading result;
  const auto done =
      read_body(*find_dialect(accepts), method, reader, {body, false}, needs, result.ai);
  if (!done) result.error = done.error().message, result.param = done.error().param;
  result.wants_usage = reader.wants_usage;
  result.values = reader.values;
  return result;
}

std::string chat(std::string_view members) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + std::string(members) + "}";
}

std::string messages(std::string_view list) {
  return R"({"model":"m","messages":[)" + std::string(list) + "]}";
}

std::string nested(size_t levels) {
  return std::string(levels, '[') + '1' + std::string(levels, ']');
}

}  // namespace

TEST_CASE("a chat is read") {
  const Reading one = read(
      R"({"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"temperature":0.5,
    "max_tokens":10,"max_completion_tokens":20,"user":"u","seed":1,
    "tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"g"}}],
    "messages":[{"role":"developer","content":"be kind"},
                {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"u"}},
                                          {"type":"text","text":"here"},{"type":"input_audio","input_audio":{}}]},
                {"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","content":"42","tool_call_id":"x"}]})");
  CHECK(one.error == "");
  CHECK(one.ai.operation == "chat");
  CHECK(one.ai.model == "gpt-4o");
  CHECK(one.ai.stream);
  CHECK(one.wants_usage);
  CHECK(one.ai.temperature == 0.5);
  CHECK(one.ai.max_tokens == 20);
  CHECK(one.ai.tools == std::vector<std::string>{"f", "g"});
  CHECK(one.ai.has_images);
  CHECK(one.ai.has_audio);
  REQUIRE(one.ai.messages.size() == 4);
  CHECK(one.ai.messages[0].role == "system");
  CHECK(one.ai.messages[1].text == "look\nhere");
  CHECK(one.ai.messages[2].text == "");
  CHECK(one.ai.messages[3].text == "42");
  CHECK(read(chat(R"(,"temperature":1,"max_tokens":null,"stream":null,"tools":null)"))
            .ai.temperature == 1.0);
  CHECK(read(R"({"messages":[{"role":"user","content":"hi"}]})").ai.model == "");
  CHECK(read(chat(""), {.texts = false, .values = {}}).ai.messages.empty());
}

TEST_CASE("bodies that are no chat are refused by the path at fault") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "the body is empty"},
      {"[]", "the body must be an object"},
      {"{}", "messages: is missing"},
      {chat("") + "x", "the body is not valid JSON"},
      {chat("") + "{}", "the body is not valid JSON"},
      {"{\"model\":", "the body is not valid JSON"},
      {"{'model':1}", "the body is not valid JSON"},
      {chat(",\"a\":\"\xff\""), "the body is not valid UTF-8"},
      {chat(",\"a\":\"\xed\xa0\x80\""), "the body is not valid UTF-8"},
      {chat(R"(,"a":"\ud800")"), "the body is not valid JSON: a string is malformed"},
      {chat(",\"a\":01"), "the body is not valid JSON: a number is malformed or out of range"},
      {chat(R"(,"model":"n")"), "model: is there twice"},
      {chat(R"(,"mod\u0065l":"n")"), "model: is there twice"},
      {chat(R"(,"x":{"a":[1,{"b":1,"c":2,"b":3}]})"), "x.a[1].b: is there twice"},
      {messages(""), "messages: must not be empty"},
      {messages("1"), "messages[0]: must be an object"},
      {messages("{}"), "messages[0]: has no `role`"},
      {messages(R"({"role":1})"), "messages[0].role: must be a string"},
      {messages(R"({"role":"robot"})"),
       "messages[0].role: must be system, developer, user, assistant or tool"},
      {messages(R"({"role":"user","content":1})"),
       "messages[0].content: must be a string or a list of parts"},
      {messages(R"({"role":"user","content":[{"type":"text"}]})"),
       "messages[0].content[0]: has no `text`"},
      {messages(R"({"role":"user","content":[{"type":"smell"}]})"),
       "messages[0].content[0].type: is not a kind of content that is known"},
      {R"({"model":1,"messages":[]})", "model: must be a string"},
      {R"({"model":"","messages":[]})", "model: must not be empty"},
      {R"({"messages":{}})", "messages: must be a list"},
      {chat(R"(,"stream":"yes")"), "stream: must be true or false"},
      {chat(R"(,"max_tokens":-1)"), "max_tokens: must be a whole number"},
      {chat(R"(,"max_completion_tokens":1.5)"), "max_completion_tokens: must be a whole number"},
      {chat(R"(,"temperature":"hot")"), "temperature: must be a number"},
      {chat(R"(,"tools":[{"type":"function"}])"), "tools[0]: has no `function`"},
      {chat(R"(,"tools":[{"type":"function","function":{}}])"), "tools[0].function: has no `name`"},
      {chat(R"(,"functions":[{}])"), "functions[0]: has no `name`"},
      {chat(R"(,"stream_options":1)"), "stream_options: must be an object"},
  };
  for (const auto& [body, error] : cases) {
    CAPTURE(body);
    CHECK(read(body).error == error);
  }
  CHECK(read(messages(R"({"role":1})")).param == "messages[0].role");
}

TEST_CASE("nesting is bounded at 64 levels") {
  CHECK(read(nested(64), {}, "json").error == "");
  CHECK(read(nested(65), {}, "json").error == "the body is nested deeper than 64 levels");
  CHECK(read(nested(100000), {}, "json").error == "the body is nested deeper than 64 levels");
  CHECK(read(std::string(100000, '{'), {}, "json").error != "");
}

TEST_CASE("values that policies read are found by path") {
  const Needs needs{.texts = false, .values = {"a.b", "a.n", "l.1.x", "a", "none.b", "f", "l.9"}};
  const Reading one =
      read(R"({"a":{"b":"text","n":-5},"l":[0,{"x":1.5}],"f":true})", needs, "json");
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(one.values == Pairs{{"a.b", "text"}, {"a.n", "-5"}, {"l.1.x", "1.5"}, {"f", "true"}});
}

TEST_CASE("methods and dialects") {
  CHECK(read("", {}, "models", "get").error == "");
  CHECK(read("", {}, "models", "head").error == "");
  CHECK(read("", {}, "models", "post").error == "this path takes GET, HEAD");
  CHECK(read(chat(""), {}, "chat", "get").error == "this path takes POST");
  CHECK(read("\xff not json", {}, "any", "put").error == "");
  CHECK(read("", {}, "models", "get").ai.operation == "models");
  CHECK(find_dialect("responses") == nullptr);
}

TEST_CASE("the model is rewritten and nothing else") {
  CHECK(with_model(R"({"model":"a","x":1})", "b") == R"({"model":"b","x":1})");
  CHECK(with_model(R"( { "x" : { "model" : [ "]}" ] } , "model" : "a" } )", "b") ==
        R"( { "x" : { "model" : [ "]}" ] } , "model" : "b" } )");
  CHECK(with_model(R"({"x":"\"model\":","mod\u0065l":"a"})", "b") ==
        R"({"x":"\"model\":","mod\u0065l":"b"})");
  CHECK(with_model(R"({"x":1})", "b\"") == R"({"model":"b\"","x":1})");
  CHECK(with_model(" { } ", "b") == " {\"model\":\"b\" } ");
}

TEST_CASE("texts become JSON strings whatever they hold") {
  std::string out;
  append_json_string(out, "a\"\\\n\x01\xc3\xa9\xff\x7f");
  CHECK(out == "\"a\\\"\\\\\\n\\u0001\xc3\xa9\xef\xbf\xbd\\u007f\"");
}

TEST_CASE("errors have OpenAI's form") {
  CHECK(
      format_error({403, "no", "p", "", "p", "r1"}) ==
      R"({"error":{"message":"no","type":"permission_error","code":"p","param":null,"policy":"p","request_id":"r1"}})");
  CHECK(
      format_error({400, "bad", "", "model", "", ""}) ==
      R"({"error":{"message":"bad","type":"invalid_request_error","code":null,"param":"model"}})");
  CHECK(
      format_models({{"a", "p"}, {"b", "q"}}) ==
      R"({"object":"list","data":[{"id":"a","object":"model","created":0,"owned_by":"p"},{"id":"b","object":"model","created":0,"owned_by":"q"}]})");
}
