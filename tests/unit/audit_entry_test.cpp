#include "runtime/audit/entry.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "base/json_text.h"
#include "runtime/audit/meter_key.h"
#include "runtime/audit/notices.h"
#include "runtime/audit/recipients.h"
#include "runtime/audit/traffic_record.h"
#include "runtime/offline/read_call.h"
#include "tests/support/audit_entry.h"

namespace aipol::audit {

using nlohmann::json;
using testing::AuditedRequest;

TEST_CASE("the record of a request says who, what, how decided, what used") {
  AuditedRequest request;
  json record = json::parse(request.json());
  CHECK(record == json::parse(R"({
    "v": 1, "kind": "request", "time": "2026-03-01T12:00:00.379974609Z",
    "id": "568d83f20e734336cf1f137d5e056a38",
    "request": {"method": "post", "path": "/v1/chat/completions",
                "endpoint": "/v1/chat/completions", "ip": "10.0.0.7"},
    "principal": {"kind": "app", "id": "dana", "method": "api_key", "roles": ["developer"]},
    "ai": {"operation": "chat", "stream": true, "max_tokens": 100},
    "model": {"name": "gpt-4o"}, "target": "gpt-4o-mini", "provider": "openai",
    "decision": "allow", "status": 200, "phase": "body",
    "policy": "small_models", "statement": "shop/policies.aipol:6",
    "fired": [{"policy": "small_models", "effect": "allow", "statement": "shop/policies.aipol:6"},
              {"policy": "budget", "effect": "limit", "statement": "shop/policies.aipol:12"},
              {"policy": "budget", "effect": "deny", "statement": "shop/policies.aipol:14",
               "shadow": true}],
    "shadow": ["budget"], "system": {"policy_version": "0123456789abcdef"},
    "meters": [{"name": "month", "key": "dana", "amount": 0.0015}],
    "response": {"status": 200, "finish_reason": "stop"},
    "usage": {"input_tokens": 12, "output_tokens": 34, "cached_tokens": 4, "cost": 0.0012345},
    "level": "metadata", "tags": ["finance"], "request_bytes": 65, "response_bytes": 386,
    "us": {"total": 1391, "read": 90, "decision": 12, "upstream": 800, "answer": 1200}})"));
}

TEST_CASE("a record has neither texts nor credentials unless a policy logs the texts") {
  AuditedRequest request;
  CHECK(request.json().find("secret") == std::string::npos);
  Payload payload{{{"user", "my [REDACTED] prompt"}}, "an answer", {{"f", "{}"}}, {}};
  request.entry.payload = &payload;
  std::string text = request.json();
  json record = json::parse(text);
  CHECK(record["ai"]["messages"] ==
        json::parse(R"([{"role":"user","text":"my [REDACTED] prompt"}])"));
  CHECK(record["response"]["text"] == "an answer");
  CHECK(record["response"]["tool_calls"][0]["name"] == "f");
  CHECK(text.find("secret") == std::string::npos);
}

TEST_CASE("refusals, failures and unreadable requests have what there is of them") {
  AuditedRequest request;
  request.decision = decision::refused(plan::Phase::head, 429, "the limit is reached");
  request.decision.statement = 1;
  request.decision.retry_after = 1'500'000'000;
  request.entry.target.reset();
  request.entry.status = 429;
  request.entry.client_gone = true;
  request.entry.trouble = "the upstream cannot be reached";
  std::array<Attempt, 1> attempts{{{1, 503, 17, "answered 503"}}};
  request.entry.attempts = attempts;
  request.record.retain = int64_t{86'400} * 1'000'000'000;
  request.record.redacted = {0};
  json record = json::parse(request.json());
  CHECK(record["decision"] == "deny");
  CHECK(record["message"] == "the limit is reached");
  CHECK(record["retry_after"] == 1.5);
  CHECK(record["client_gone"] == true);
  CHECK(record["trouble"] == "the upstream cannot be reached");
  CHECK(record["attempts"][0] ==
        json::parse(R"({"target":"gpt-4o-mini","status":503,"us":17,"trouble":"answered 503"})"));
  CHECK(record["retain"] == 86'400);
  CHECK(record["redacted"] == json::parse(R"(["pii.email"])"));
  CHECK(!record.contains("usage"));

  request.entry.head_read = false;
  request.entry.peer = "192.0.2.1";
  record = json::parse(request.json());
  CHECK(!record.contains("principal"));
  CHECK(record["client"] == "192.0.2.1");
}

TEST_CASE("hostile texts stay within their strings") {
  AuditedRequest request;
  using namespace std::string_literals;
  const std::string hostile = "\"},\n{\"x\":\\\0\x01\x7f\xff\xc3 \xf0\x9f\x98\x80\xed\xa0\x80"s;
  request.call.request.path = "/" + hostile;
  request.call.principal.id = hostile;
  request.call.model_name = hostile;
  request.entry.trouble = hostile;
  request.plan.policies[0].name = hostile;
  std::string text = request.json();
  CHECK(text.find('\n') == std::string::npos);
  json record = json::parse(text);
  std::string read = record["principal"]["id"];
  CHECK(read.starts_with("\"},\n{\"x\":\\\0\x01\x7f"s));
  CHECK(read.find("\xef\xbf\xbd") != std::string::npos);
  CHECK(read.find("\xf0\x9f\x98\x80") != std::string::npos);
  CHECK(record["trouble"] == read);
}

TEST_CASE("JSON strings are what a parser reads back, at every length and place") {
  for (size_t size = 0; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (char c : {'"', '\\', '\n', '\x1f', ' ', '\x7f', '\0', '~'}) {
        std::string text(size, 'x');
        text[at] = c;
        std::string written;
        append_json_string(written, text);
        CHECK(json::parse(written).get<std::string>() == text);
      }
    }
  }
}

TEST_CASE("billionths are exact decimals") {
  auto written = [](int64_t value) {
    std::string out;
    append_json_billionths(out, value);
    return out;
  };
  CHECK(written(0) == "0");
  CHECK(written(1) == "0.000000001");
  CHECK(written(1'500'000'000) == "1.5");
  CHECK(written(-2'000'000'100) == "-2.0000001");
  CHECK(written(INT64_MAX) == "9223372036.854775807");
  CHECK(written(INT64_MIN) == "-9223372036.854775808");
}

TEST_CASE("times have a fixed form that is read back") {
  for (int64_t time : {int64_t{0}, int64_t{-1}, int64_t{1'772'366'400'379'974'609},
                       int64_t{4'102'444'799'999'999'999}, int64_t{951'782'400'000'000'000}}) {
    std::string out;
    append_time(out, time);
    CHECK(out.size() == 30);
    CHECK(parse_time(out) == time);
  }
  std::string micros;
  append_time(micros, 1'772'366'400'379'974'609, 6);
  CHECK(micros == "2026-03-01T12:00:00.379974Z");
}

TEST_CASE("an alert says which policy, what, and about which request") {
  AuditedRequest request;
  enforce::Alert alert{"budget", "80% of \"month\"", {0}};
  std::string out;
  append_json(out,
              AlertEntry{&request.plan, &alert, 1'772'366'400'000'000'000, "abc", "dana", "m"});
  CHECK(json::parse(out) == json::parse(R"({"v":1,"kind":"alert",
    "time":"2026-03-01T12:00:00.000000000Z","id":"abc","policy":"budget",
    "text":"80% of \"month\"","principal":{"id":"dana"},"model":{"name":"m"},
    "system":{"policy_version":"0123456789abcdef"}})"));
  CHECK(kind_of(out) == "alert");
}

TEST_CASE("records go to every sink once, and nowhere where a policy says so") {
  plan::Gateway gateway;
  gateway.audit = {2, 0};
  std::vector<uint32_t> sinks;
  recipients_of(nullptr, gateway, "id", 1, sinks);
  CHECK(sinks == std::vector<uint32_t>{0, 2});
  enforce::Record record;
  record.sinks = {1, 2};
  recipients_of(&record, gateway, "id", 1, sinks);
  CHECK(sinks == std::vector<uint32_t>{0, 1, 2});
  record.level = enforce::LogLevel::none;
  recipients_of(&record, gateway, "id", 1, sinks);
  CHECK(sinks.empty());
}

TEST_CASE("a sample is a share of requests, always the same, and those of a smaller share too") {
  int kept = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string id = std::to_string(i);
    kept += sampled(id, 7, 0.1);
    CHECK(sampled(id, 7, 0.1) <= sampled(id, 7, 0.2));
    CHECK(sampled(id, 7, 1));
    CHECK(!sampled(id, 7, 0));
  }
  CHECK(kept > 1800);
  CHECK(kept < 2200);
  // An id that a client chose is in the log as often as others.
  int chosen = 0;
  for (int64_t time = 0; time < 10'000; ++time) chosen += sampled("mine", time, 0.5);
  CHECK(chosen > 4500);
  CHECK(chosen < 5500);
  CHECK(sampled("568d83f20e734336cf1f137d5e056a38", 1, 0.5) ==
        sampled("568d83f20e734336cf1f137d5e056a38", 1, 0.5));
}

TEST_CASE("keys of meters are read, and broken ones do no harm") {
  AuditedRequest request;
  std::string out;
  append_meter_key(out, request.plan, request.plan.meters[0], request.meter_key);
  CHECK(out == "dana");
  for (size_t size = 0; size < request.meter_key.size(); ++size) {
    out.clear();
    append_meter_key(out, request.plan, request.plan.meters[0],
                     std::string_view(request.meter_key).substr(0, size));
    CHECK(out.size() <= 4);
  }
}

TEST_CASE("a record is read as the request that it is of") {
  AuditedRequest request;
  auto read = offline::read_call(request.json(), request.plan);
  REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
  CHECK(read->call.request.id == request.call.request.id);
  CHECK(read->call.request.time_ns == request.call.request.time_ns);
  CHECK(read->target == "/v1/chat/completions");
  CHECK(read->call.request.ip == request.call.request.ip);
  CHECK(read->call.principal.id == "dana");
  CHECK(read->call.principal.roles == request.call.principal.roles);
  CHECK(read->call.model_name == "gpt-4o");
  CHECK(read->call.ai.max_tokens == 100);
  CHECK(read->call.usage.cost == 1'234'500);
  CHECK(offline::is_other_record(shed_record(0, 3)));
  CHECK(!offline::is_other_record(request.json()));
  CHECK(!offline::read_call(shed_record(0, 3), request.plan));
}

}  // namespace aipol::audit
