#include "runtime/audit/traffic_record.h"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "runtime/context/path.h"
#include "runtime/offline/read_call.h"
#include "tests/support/audit_entry.h"

namespace aipol::audit {

using nlohmann::json;

namespace {

context::Call full_call() {
  context::Call call;
  call.request.id = "r1";
  call.request.time_ns = 1'772'366'400'379'974'609;
  call.request.method = "post";
  call.request.path = "/v1/a b/%/\xc3\xa4";
  call.request.host = "ai.example";
  call.request.ip = *plan::parse_ip("2001:db8::7");
  call.request.country = "DE";
  call.request.region = "eu";
  call.request.tls = true;
  call.request.size = 65;
  call.request.headers = {{"user-agent", "curl \"8\""}, {"x-team", "red"}};
  call.request.query = {{"a b", "1&2"}, {"a b", "=\xc3\xa4"}};
  context::Principal& principal = call.principal;
  principal.kind = "user";
  principal.method = "jwt";
  principal.id = "ann";
  principal.name = "Ann";
  principal.tenant = "t1";
  principal.roles = {"analyst", "dev"};
  principal.groups = {"g"};
  principal.scopes = {"s"};
  principal.mfa = true;
  principal.expires_ns = 1'800'000'000'000'000'000;
  principal.actor = "bot";
  call.principal.attributes.insert_or_assign("team", std::string("finance"));
  call.principal.attributes.insert_or_assign("level", int64_t{3});
  call.principal.attributes.insert_or_assign("share", 2.0);
  call.principal.attributes.insert_or_assign("trusted", true);
  call.principal.attributes.insert_or_assign("sites", std::vector<std::string>{"a", "b"});
  call.session = {"s1", {"seen"}, 4};
  call.ai.operation = "chat";
  call.ai.messages = {{"system", "be brief"}, {"user", "hello\n\"you\""}};
  call.ai.turns = 1;
  call.ai.tools = {"search"};
  call.ai.stream = call.ai.has_images = true;
  call.ai.max_tokens = 100;
  call.ai.temperature = 0.7;
  call.ai.input_tokens = 9;
  call.ai.documents = "some document";
  call.ai.tags = {"private"};
  call.ai.tool = {"files", "read", {{"path", "/etc/passwd"}}};
  call.model_name = "gpt-4o";
  call.response.status = 200;
  call.response.text = "hi";
  call.response.finish_reason = "stop";
  call.response.model_version = "2024-08";
  call.response.tool_calls = {{"f", "{\"a\":1}"}};
  call.response.size = 300;
  call.response.latency_ns = 1'250'000'000;
  call.usage = {12, 34, 4, 5, 1'234'567, true};
  return call;
}

offline::DescribedCall read_back(const TrafficRecord& record) {
  std::string text;
  append_traffic_record(text, record);
  CHECK(text.find('\n') == std::string::npos);
  auto read = offline::read_call(text, testing::audited_plan());
  REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
  return std::move(*read);
}

}  // namespace

TEST_CASE("a recorded request is read as the same request") {
  context::Call call = full_call();
  offline::DescribedCall read =
      read_back({.call = &call, .body = "{\"model\":\"gpt-4o\"}", .policy_version = "0123"});
  auto target = context::read_target(read.target);
  REQUIRE(target);
  CHECK(target->path == call.request.path);
  CHECK(target->query == call.request.query);
  CHECK(read.call.request.body_text == "{\"model\":\"gpt-4o\"}");
  CHECK(read.call.request.headers == call.request.headers);
  CHECK(read.call.request.host == call.request.host);
  CHECK(read.call.request.ip == call.request.ip);
  CHECK(read.call.request.country == call.request.country);
  CHECK(read.call.request.region == call.request.region);
  CHECK(read.call.request.tls);
  CHECK(read.call.request.size == 65);
  CHECK(read.call.request.time_ns == call.request.time_ns);
  const context::Principal &was = call.principal, &is = read.call.principal;
  CHECK(std::tie(is.kind, is.method, is.id, is.name, is.tenant, is.roles, is.groups, is.scopes,
                 is.mfa, is.expires_ns, is.actor) ==
        std::tie(was.kind, was.method, was.id, was.name, was.tenant, was.roles, was.groups,
                 was.scopes, was.mfa, was.expires_ns, was.actor));
  for (const auto& [name, value] : was.attributes) {
    REQUIRE(is.attributes.find(name) != nullptr);
    CHECK(*is.attributes.find(name) == value);
  }
  CHECK(read.call.session.id == "s1");
  CHECK(read.call.session.tags == call.session.tags);
  CHECK(read.call.session.turns == 4);
}

TEST_CASE("what a recorded request asked for and got is read as the same") {
  context::Call call = full_call();
  offline::DescribedCall read = read_back({.call = &call});
  const context::Ai &was = call.ai, &is = read.call.ai;
  CHECK(std::tie(is.operation, is.turns, is.tools, is.stream, is.has_images, is.has_audio,
                 is.max_tokens, is.temperature, is.input_tokens, is.documents, is.tags) ==
        std::tie(was.operation, was.turns, was.tools, was.stream, was.has_images, was.has_audio,
                 was.max_tokens, was.temperature, was.input_tokens, was.documents, was.tags));
  REQUIRE(is.messages.size() == 2);
  CHECK(is.messages[1].text == was.messages[1].text);
  CHECK(is.tool.server == "files");
  CHECK(is.tool.arguments == was.tool.arguments);
  const context::Response &answer = call.response, &got = read.call.response;
  CHECK(std::tie(got.status, got.text, got.finish_reason, got.model_version, got.size,
                 got.latency_ns) == std::tie(answer.status, answer.text, answer.finish_reason,
                                             answer.model_version, answer.size, answer.latency_ns));
  REQUIRE(got.tool_calls.size() == 1);
  CHECK(got.tool_calls[0].arguments == "{\"a\":1}");
  const context::Usage &used = call.usage, &kept = read.call.usage;
  CHECK(std::tie(kept.input_tokens, kept.output_tokens, kept.cached_tokens, kept.reasoning_tokens,
                 kept.cost, kept.cached) == std::tie(used.input_tokens, used.output_tokens,
                                                     used.cached_tokens, used.reasoning_tokens,
                                                     used.cost, used.cached));
}

TEST_CASE("credentials are not recorded; streams and failures are") {
  context::Call call = full_call();
  call.request.headers = {{"authorization", "Bearer sk-1"},
                          {"cookie", "sk-2"},
                          {"x-api-key", "sk-3"},
                          {"x-own-key", "sk-4"},
                          {"x-team", "red"},
                          {"x-team", "blue"}};
  std::vector<std::string> own = {"x-own-key"}, chunks = {"h", "i"};
  TrafficRecord record{.call = &call, .chunks = chunks, .credentials = own};
  std::string text;
  append_traffic_record(text, record);
  CHECK(text.find("sk-") == std::string::npos);
  offline::DescribedCall read = read_back(record);
  CHECK(read.reply.chunks == chunks);
  CHECK(read.call.request.headers ==
        std::vector<std::pair<std::string, std::string>>{{"x-team", "red"}});
  call.response = {};
  CHECK(read_back({.call = &call, .error = "timeout"}).reply.error == "timeout");
}

TEST_CASE("what meters and targets went by is read as it was") {
  testing::AuditedRequest audited;
  audited.decision.allowed = false;
  audited.decision.phase = plan::Phase::output;
  audited.decision.status = 451;
  const std::array<Attempt, 2> attempts{{{0, 500, 12, {}}, {1, 0, 7, {}}}};
  audited.entry.attempts = attempts;
  context::Call call = full_call();
  TrafficRecord record{.call = &call,
                       .outcome = &audited.entry,
                       .decided_ns = 1'772'366'400'379'974'611,
                       .settled_ns = 1'772'366'400'379'974'700,
                       .choices = 3,
                       .usual_tokens = 512,
                       .load = 0.25,
                       .in_flight = 7,
                       .failed = true,
                       .client_gone = true};
  offline::DescribedCall read = read_back(record);
  CHECK(read.served ==
        offline::Served{.attempts = {{"gpt-4o", 500, 12'000}, {"gpt-4o-mini", 0, 7'000}},
                        .usual_tokens = 512,
                        .choices = 3,
                        .failed = true,
                        .client_gone = true,
                        .refused_answer = true});
  CHECK(read.load == 0.25);
  CHECK(read.in_flight == 7);
  std::string text;
  append_traffic_record(text, record);
  json written = json::parse(text);
  CHECK(written["decided"] == "2026-03-01T12:00:00.379974611Z");
  CHECK(written["settled"] == "2026-03-01T12:00:00.379974700Z");
  CHECK(written["refusal"] == json{{"status", 451}});
  record.unheard = true;
  CHECK(read_back(record).served.unheard == 451);
}

TEST_CASE("the least request is recorded") {
  context::Call call;
  call.request.method = "get";
  call.request.path = "/v1/models";
  offline::DescribedCall read = read_back({.call = &call});
  CHECK(!read.has_ai);
  CHECK(!read.has_principal);
  CHECK(!read.has_usage);
}

}  // namespace aipol::audit
