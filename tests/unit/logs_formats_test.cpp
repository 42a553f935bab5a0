// Samples of each format through translation and through the reader of records that replay uses.
#include <doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <set>

#include "base/civil.h"
#include "plan/ip.h"
#include "replay/logs/source.h"
#include "runtime/offline/read_call.h"

namespace aipol::replay::logs {

namespace {

std::string sample(const std::string& name) { return "tests/logs/" + name; }

std::string text_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Read {
  std::vector<std::string> lines;
  std::vector<offline::DescribedCall> calls;
  std::vector<Unreadable> unreadable;
  std::vector<uint64_t> numbers;
  uint64_t passed_over = 0;
  std::string format, error;
};

Read read(const std::string& path, Options options = {}) {
  Read all;
  Result<Source> source = Source::open({path}, options);
  if (!source) return all.error = source.error().message, all;
  for (RawBlock raw;;) {
    Result<bool> more = source->next(raw);
    if (!more) all.error = more.error().message;
    if (!more || !*more) return all;
    Block block = source->translate(raw);
    if (raw.format != nullptr) all.format = raw.format->name;
    all.passed_over += block.passed_over;
    for (const Line& line : block.lines) {
      all.lines.emplace_back(block.line(line));
      all.numbers.push_back(line.number);
      auto call = offline::read_call(block.line(line), plan::Plan());
      REQUIRE_MESSAGE(call.has_value(), block.line(line), ": ", call.error().message);
      all.calls.push_back(std::move(*call));
    }
    std::ranges::move(block.unreadable, std::back_inserter(all.unreadable));
  }
}

int64_t at(std::string_view time) { return *parse_time(time); }

std::string attribute(const offline::DescribedCall& call, std::string_view name) {
  const context::AttributeValue* value = call.call.principal.attributes.find(name);
  const std::string* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? "" : *text;
}

using Lines = std::vector<uint64_t>;

}  // namespace

TEST_CASE("LiteLLM's payloads tell who, what was asked for and what it cost") {
  Read log = read(sample("litellm.jsonl"));
  CHECK(log.format == "litellm");
  REQUIRE(log.calls.size() == 4);
  const context::Call& call = log.calls[0].call;
  CHECK(call.request.time_ns == at("2026-03-02T10:00:00.25Z"));
  CHECK(call.request.id == "chatcmpl-9aK1");
  CHECK(log.calls[0].target == "/v1/chat/completions");
  CHECK(call.request.method == "post");
  CHECK(plan::format_ip(call.request.ip) == "10.1.2.3");
  CHECK(call.principal.id == "ann");
  CHECK(call.principal.name == "search-service");
  CHECK(call.principal.method == "api_key");
  CHECK(call.principal.tenant == "acme");
  CHECK(attribute(log.calls[0], "team") == "search");
  CHECK(attribute(log.calls[0], "team_id") == "t-17");
  CHECK(call.model_name == "team-chat");
  CHECK(call.ai.operation == "chat");
  CHECK(call.ai.stream);
  CHECK(call.ai.max_tokens == 400);
  CHECK(call.ai.temperature == 0.2);
  CHECK(call.ai.tools == std::vector<std::string>{"lookup"});
  REQUIRE(call.ai.messages.size() == 2);
  CHECK(call.ai.messages[1].text == "Which plan fits?");
  CHECK(call.response.status == 200);
  CHECK(call.response.text == "The small one.");
  CHECK(call.response.finish_reason == "stop");
  CHECK(call.response.model_version == "gpt-4o-2024-08-06");
  CHECK(call.response.latency_ns == 2'500'000'000);
  CHECK(call.usage.input_tokens == 320);
  CHECK(call.usage.cached_tokens == 128);
  CHECK(call.usage.reasoning_tokens == 40);
  CHECK(call.usage.cost == 3'450'000);
}

TEST_CASE("what LiteLLM held back, and errors of its own, stay unknown") {
  Read log = read(sample("litellm.jsonl"));
  REQUIRE(log.calls.size() == 4);
  CHECK(log.calls[1].call.ai.messages.empty());
  CHECK(log.calls[1].call.response.status == 429);
  CHECK(log.calls[1].call.principal.kind == "app");
  CHECK(log.calls[1].call.principal.id == "batch");
  CHECK(attribute(log.calls[1], "team") == "t-18");
  CHECK(log.lines[2].find("\"response\"") == std::string::npos);
  CHECK(log.lines[2].find("\"usage\"") == std::string::npos);
  CHECK(log.calls[2].call.ai.messages.empty());
  CHECK(log.calls[3].call.ai.operation == "embedding");
  CHECK(log.calls[3].call.usage.cost == 1240);
  CHECK(log.calls[3].call.usage.cached);
  CHECK(log.lines[3].find("principal") == std::string::npos);
  REQUIRE(log.unreadable.size() == 1);
  CHECK(log.unreadable[0].line == 5);
  CHECK(log.unreadable[0].reason == "is not valid JSON");
}

TEST_CASE("Envoy's access logs of either naming") {
  Read log = read(sample("envoy.jsonl"));
  CHECK(log.format == "envoy");
  REQUIRE(log.calls.size() == 3);
  const context::Call& call = log.calls[0].call;
  CHECK(call.request.time_ns == at("2026-03-02T10:00:37.894Z"));
  CHECK(log.calls[0].target == "/v1/chat/completions?api-version=1");
  CHECK(call.request.host == "models.acme.example");
  CHECK(plan::format_ip(call.request.ip) == "192.168.1.38");
  CHECK(call.request.size == 105);
  CHECK(call.model_name == "gpt-4o-mini");
  CHECK(call.response.status == 200);
  CHECK(call.response.latency_ns == 1'526'000'000);
  CHECK(call.usage.output_tokens == 7);
  CHECK(log.calls[1].call.model_name == "gpt-4o");
  CHECK(plan::format_ip(log.calls[1].call.request.ip) == "2001:db8::7");
  CHECK(log.lines[1].find("response") == std::string::npos);  // Envoy's own refusal
  CHECK(log.lines[1].find("usage") == std::string::npos);
  CHECK(log.lines[1].find("user_agent") == std::string::npos);
  CHECK(log.calls[2].call.ai.operation == "tool");
  CHECK(log.calls[2].call.ai.tool.server == "tickets");
  CHECK(log.calls[2].call.session.id == "s-9");
}

TEST_CASE("spans of OpenTelemetry, by the conventions of today and of before") {
  Read log = read(sample("otlp.jsonl"));
  CHECK(log.format == "otlp");
  REQUIRE(log.calls.size() == 2);
  const context::Call& call = log.calls[0].call;
  CHECK(call.request.time_ns == 1772445600123456789);
  CHECK(call.ai.operation == "chat");
  CHECK(call.model_name == "gpt-4o");
  CHECK(call.ai.max_tokens == 200);
  CHECK(call.principal.id == "ann");
  CHECK(call.session.id == "conv-5");
  CHECK(call.ai.tools == std::vector<std::string>{"weather"});
  REQUIRE(call.ai.messages.size() == 3);
  CHECK(call.ai.messages[0].text == "Be kind.");
  CHECK(call.ai.messages[2].text == "rainy");
  CHECK(call.response.text == "It rains.");
  CHECK(call.response.finish_reason == "tool_calls");
  CHECK(call.response.latency_ns == 1'500'000'000);
  CHECK(call.usage.cached_tokens == 32);
  CHECK(log.lines[0].find("status") == std::string::npos);
  CHECK(log.calls[1].call.ai.stream);
  CHECK(log.calls[1].call.ai.messages[0].text == "hello");
  CHECK(log.calls[1].call.response.text == "hi");
  CHECK(log.calls[1].call.response.status == 429);
  CHECK(log.calls[1].call.usage.input_tokens == 3);
  CHECK(log.numbers == Lines{1, 2});
  CHECK(log.passed_over == 2);  // a GET, and an agent around calls
  REQUIRE(log.unreadable.size() == 1);
  CHECK(log.unreadable[0].reason.starts_with("startTimeUnixNano"));
}

TEST_CASE("entries of an archive keep the whole request, but no credential") {
  Read log = read(sample("calls.har"));
  CHECK(log.format == "har");
  REQUIRE(log.calls.size() == 2);
  const offline::DescribedCall& first = log.calls[0];
  CHECK(first.call.request.time_ns == at("2026-03-02T10:00:00.5Z"));
  CHECK(first.target == "/v1/chat/completions?trace=1");
  CHECK(first.call.request.host == "gateway.acme.example");
  CHECK(first.call.request.tls);
  CHECK(first.call.request.id == "har-1");
  CHECK(first.has_body);
  CHECK_FALSE(first.has_ai);
  CHECK(first.call.response.text == "Hi.");
  CHECK(first.call.response.size == 180);
  CHECK(first.call.usage.input_tokens == 9);
  CHECK(log.lines[0].find("not-a-real-key") == std::string::npos);
  CHECK(log.lines[0].find("x-team") != std::string::npos);
  CHECK(log.calls[1].call.request.host == "[::1]");
  CHECK(log.calls[1].reply.chunks == std::vector<std::string>{"one ", "two"});
  CHECK(log.calls[1].call.response.finish_reason == "length");
  CHECK(log.calls[1].call.usage.output_tokens == 2);
  CHECK(log.numbers == Lines{7, 48});
  REQUIRE(log.unreadable.size() == 2);
  CHECK(log.unreadable[0].line == 72);
  CHECK(log.unreadable[1].line == 73);
}

TEST_CASE("decisions of OPA, in the shapes of input that mean something") {
  Read log = read(sample("opa.json"));
  CHECK(log.format == "opa");
  REQUIRE(log.calls.size() == 3);
  CHECK(log.calls[0].call.request.id == "1358");
  CHECK(log.calls[0].target == "/v1/chat/completions");
  CHECK(plan::format_ip(log.calls[0].call.request.ip) == "10.4.0.9");
  CHECK(log.calls[0].has_body);
  CHECK(log.lines[0].find("not-a-real-key") == std::string::npos);
  CHECK(log.calls[1].target == "/v1/models");
  CHECK(log.calls[1].call.request.method == "get");
  CHECK(log.calls[1].call.principal.id == "bob");
  CHECK(log.calls[1].call.principal.roles == std::vector<std::string>{"analyst"});
  CHECK(log.calls[1].call.request.id == "d-2");
  CHECK(log.calls[2].call.principal.groups == std::vector<std::string>{"finance"});
  CHECK(log.calls[2].call.model_name == "gpt-4o");
  CHECK(log.passed_over == 1);
  REQUIRE(log.unreadable.size() == 1);
}

TEST_CASE("exports of Portkey count money in cents") {
  Read log = read(sample("portkey.jsonl"));
  CHECK(log.format == "portkey");
  REQUIRE(log.calls.size() == 2);
  const context::Call& call = log.calls[0].call;
  CHECK(call.request.id == "pk-1");
  CHECK(call.principal.id == "ann");
  CHECK(call.ai.operation == "chat");
  CHECK(call.ai.messages[0].role == "system");
  CHECK(call.ai.tools == std::vector<std::string>{"search"});
  CHECK(call.response.finish_reason == "tool_calls");
  REQUIRE(call.response.tool_calls.size() == 1);
  CHECK(call.response.tool_calls[0].arguments == R"({"q":"a"})");
  CHECK(call.usage.cost == 155'000);
  CHECK(call.response.latency_ns == 734'000'000);
  CHECK(log.lines[0].find("\"path\"") == std::string::npos);  // the address is the provider's
  const context::Call& other = log.calls[1].call;
  CHECK(other.principal.id == "bob");
  CHECK(other.ai.messages[0].text == "Short.");
  CHECK(other.ai.stream);
  CHECK(other.response.text == "Hello.");
  CHECK(other.response.finish_reason == "stop");
  CHECK(other.usage.cached);
  CHECK(other.usage.cached_tokens == 30);
  CHECK(other.usage.cost == 15'000'000);
  REQUIRE(log.unreadable.size() == 1);
  CHECK(log.unreadable[0].line == 3);
}

TEST_CASE("records by the contract's names pass as they are") {
  Read log = read(sample("records.jsonl"));
  CHECK(log.format == "jsonl");
  REQUIRE(log.lines.size() == 2);
  CHECK(log.lines[0] ==
        R"({"time": 1772323200.5, "request": {"path": "/v1/chat/completions", "method": "post"}, )"
        R"("principal": {"id": "ann"}, "model": {"name": "gpt-4o"}})");
  CHECK(log.numbers == Lines{1, 3});
}

TEST_CASE("a mapping reads logs that nobody knows") {
  auto mapping = Mapping::parse(text_of_file(sample("own.mapping.json")));
  REQUIRE(mapping.has_value());
  Options options;
  options.mapping = std::make_shared<const Mapping>(std::move(*mapping));
  Read log = read(sample("own.jsonl"), options);
  REQUIRE(log.calls.size() == 2);
  const context::Call& call = log.calls[0].call;
  CHECK(call.request.time_ns == at("2026-03-02T10:00:00.25Z"));
  CHECK(call.principal.id == "ann@acme.example");
  CHECK(call.principal.groups == std::vector<std::string>{"finance"});
  CHECK(call.request.method == "post");
  CHECK(plan::format_ip(call.request.ip) == "10.0.0.1");
  CHECK(call.request.headers[0].second == "own");
  CHECK(call.ai.stream);
  CHECK(call.response.latency_ns == 15'000'000);
  CHECK(call.usage.cost == 125'000'000);
  CHECK(call.usage.input_tokens == 17);
  const context::AttributeValue* vip = call.principal.attributes.find("vip");
  REQUIRE(vip != nullptr);
  CHECK(std::get<bool>(*vip));
  CHECK(log.lines[1].find("time") == std::string::npos);
  REQUIRE(log.unreadable.size() == 1);
  CHECK(log.unreadable[0].line == 2);
  CHECK(log.unreadable[0].reason == "time: what the mapping points to is not a time");
}

TEST_CASE("a mapping is laid over a known format") {
  auto mapping = Mapping::parse(R"({"fields": {"principal.team": "/metadata/team"}})");
  REQUIRE(mapping.has_value());
  Options options;
  options.format = find_log_format("portkey");
  options.mapping = std::make_shared<const Mapping>(std::move(*mapping));
  Read log = read(sample("portkey.jsonl"), options);
  REQUIRE(log.calls.size() == 2);
  CHECK(attribute(log.calls[0], "team") == "search");
  CHECK(log.calls[0].call.principal.id == "ann");
}

TEST_CASE("mappings that can mean nothing are refused with the field") {
  auto reason = [](std::string_view text) {
    auto mapping = Mapping::parse(text);
    return mapping ? "" : mapping.error().message;
  };
  CHECK(reason("[]") == "the mapping needs an object `fields`");
  CHECK(reason(R"({"fields": {"model.nam": "/a"}})").starts_with("`model.nam` is no field"));
  CHECK(
      reason(R"({"fields": {"ai.messages.role": "/a"}})").starts_with("`ai.messages.role` is no"));
  CHECK(reason(R"({"fields": {"model.name": "a"}})").find("JSON pointer") != std::string::npos);
  CHECK(reason(R"({"fields": {"model.name": "/a~2"}})").find("JSON pointer") != std::string::npos);
  CHECK(reason(R"({"fields": {"model.name": {"at": "/a", "as": "cents"}}})").find("`as`") !=
        std::string::npos);
  CHECK(reason(R"({"fields": {"usage.cost": {"at": "/a", "as": "seconds"}}})").find("money") !=
        std::string::npos);
  CHECK(reason(R"({"fields": {"ai.stream": {"value": 7}}})").find("true or false") !=
        std::string::npos);
  CHECK(reason(R"({"fields": {"model.name": {"at": "/a", "of": 1}}})").find("`of`") !=
        std::string::npos);
  CHECK(reason(R"({"fields": {"model.name": "/a"}, "x": 1})").find("`x`") != std::string::npos);
  CHECK(reason(R"({"fields": {"model.name": "/a"}, "records": "/b"})").empty());
}

}  // namespace aipol::replay::logs
