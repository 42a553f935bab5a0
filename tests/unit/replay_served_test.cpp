// What the records of a gateway tell besides the call: replay goes by it.
#include <doctest.h>

#include <algorithm>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "replay/replay.h"
#include "tests/support/replay_lines.h"
#include "tests/support/replay_set.h"

namespace aipol::replay {

namespace {

using nlohmann::json;
using testing::MemoryLines;
using testing::replay_set;

constexpr std::string_view declared = R"aipol(
provider p { kind: echo }
model "m" { provider: p, price: { input: $1, output: $1 } }
model "n" { provider: p, price: { input: $3, output: $3 } }
model "o" { provider: p }
)aipol";

PolicySet set(std::string_view policies) {
  return replay_set(std::string(declared) + std::string(policies));
}

// A chat that used 10 tokens. `second`: of the minute in which it is decided.
json chat(int second, int settled, json more = json::object()) {
  auto time = [](int at) { return fmt::format("2026-03-01T12:00:{:02}.000000000Z", at); };
  json record = {{"v", 1},
                 {"kind", "traffic"},
                 {"time", time(second)},
                 {"request",
                  {{"id", "r" + std::to_string(second)},
                   {"path", "/v1/chat/completions"},
                   {"method", "post"}}},
                 {"principal", {{"kind", "app"}, {"id", "ann"}}},
                 {"ai", {{"operation", "chat"}, {"max_tokens", 100}, {"input_tokens", 5}}},
                 {"model", {{"name", "m"}}},
                 {"target", "m"},
                 {"attempts", {{{"target", "m"}, {"status", 200}, {"us", 7}}}},
                 {"decision", "allow"},
                 {"status", 200},
                 {"phase", "body"},
                 {"decided", time(second)},
                 {"settled", time(settled)},
                 {"expected", {{"output_tokens", 512}}},
                 {"response", {{"status", 200}, {"text", "an answer"}, {"finish_reason", "stop"}}},
                 {"usage", {{"input_tokens", 5}, {"output_tokens", 5}, {"cost", 0.00001}}}};
  record.merge_patch(more);
  return record;
}

struct Told {
  Report report;
  std::vector<json> lines;  // of changes
};

Told replayed(const std::vector<json>& records, const PolicySet* from, const PolicySet& to) {
  std::vector<std::string> lines;
  for (const json& one : records) lines.push_back(one.dump());
  MemoryLines source(std::move(lines));
  std::mutex mutex;
  std::string changes;
  Options options{.threads = 2};
  options.changes = [&](std::string_view some) {
    std::lock_guard lock(mutex);
    changes += some;
  };
  auto report = run(source, from, to, options);
  REQUIRE(report);
  Told told{std::move(*report), {}};
  for (size_t at = 0; at < changes.size();) {
    size_t end = changes.find('\n', at);
    told.lines.push_back(json::parse(changes.substr(at, end - at)));
    at = end + 1;
  }
  std::ranges::sort(told.lines, {}, [](const json& one) { return one["line"].get<int>(); });
  return told;
}

Told replayed(const std::vector<json>& records, const PolicySet& to) {
  return replayed(records, nullptr, to);
}

}  // namespace

TEST_CASE("what is reserved counts until it was settled, in the order in which meters saw it") {
  PolicySet limited = set("policy a { allow limit 200 tokens per day by principal.id }");
  // The second comes while 105 are reserved for the first.
  std::vector<json> records = {chat(1, 9), chat(2, 3)};
  CHECK(replayed(records, limited).report.newly_denied == 1);
  records[0]["settled"] = "2026-03-01T12:00:01.500Z";
  CHECK(replayed(records, limited).report.same == 2);
  // Decided the other way round than they came.
  records = {chat(1, 9, {{"decided", "2026-03-01T12:00:02.500Z"}}), chat(2, 9)};
  Told told = replayed(records, limited);
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0]["id"] == "r1");
  CHECK(told.report.by["model"].at("m").records == 2);
}

TEST_CASE("what is reserved is what the gateway expected") {
  PolicySet limited = set("policy a { allow limit 600 tokens per day by principal.id }");
  // Of an answer of any length: 5 and 512 at first, less later; of two choices twice that.
  json open = {{"ai", {{"max_tokens", nullptr}}}};
  json two = open, fewer = open;
  two["expected"]["choices"] = 2;
  fewer["expected"]["output_tokens"] = 80;
  CHECK(replayed({chat(1, 2, open)}, limited).report.same == 1);
  CHECK(replayed({chat(1, 2, two)}, limited).report.newly_denied == 1);
  CHECK(replayed({chat(1, 9, open), chat(2, 9, open)}, limited).report.newly_denied == 1);
  CHECK(replayed({chat(1, 9, open), chat(2, 9, fewer)}, limited).report.newly_denied == 1);
  CHECK(replayed({chat(1, 9, fewer), chat(2, 9, open)}, limited).report.newly_denied == 1);
  CHECK(replayed({chat(1, 9, fewer), chat(2, 9, fewer)}, limited).report.same == 2);
  // What policies ask the provider for.
  PolicySet clamped =
      set("policy a { allow clamp body.max_tokens to 1..=50 limit 100 tokens per day by "
          "principal.id }");
  CHECK(replayed({chat(1, 2)}, clamped).report.same == 1);
}

TEST_CASE("targets do as they did; one that was not tried answers") {
  json failing = {{"attempts",
                   {{{"target", "m"}, {"status", 500}, {"us", 7}},
                    {{"target", "n"}, {"status", 200}, {"us", 7}}}},
                  {"target", "n"}};
  PolicySet routed = set("policy a { allow route to \"m\", \"n\" retry 1 on [5xx] }");
  Told told = replayed({chat(1, 2, failing)}, routed);
  CHECK(told.report.same == 1);
  CHECK(told.report.routes.empty());
  // To one that failed: that is its answer.
  PolicySet alone = set("policy a { allow route to \"m\" }");
  told = replayed({chat(1, 2, failing)}, &routed, alone);
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0]["how"] == "routed");
  CHECK(told.lines[0]["from"]["model"] == "n");
  CHECK(told.lines[0]["to"]["model"] == "m");
  CHECK(told.report.estimated == 0);
  // All that were tried failed; another one does not.
  json failed = failing;
  failed["attempts"][1]["status"] = 503;
  failed["target"] = nullptr;
  failed["failed"] = true;
  failed["response"] = {{"status", 503}, {"text", "no"}};
  PolicySet third = set("policy a { allow route to \"m\", \"n\", \"o\" retry 2 on [5xx] }");
  CHECK(replayed({chat(1, 2, failed)}, routed).report.same == 1);
  told = replayed({chat(1, 2, failed)}, &routed, third);
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0]["to"]["model"] == "o");
  CHECK(told.report.estimated == 1);
  // What it says nobody knows.
  PolicySet reads =
      set("policy a { allow route to \"m\", \"n\", \"o\" retry 2 on [5xx] }\n"
          "policy b { deny 451 \"no\" when response.text.contains(\"secret\") }");
  CHECK(replayed({chat(1, 2, failing)}, reads).report.same == 1);
  told = replayed({chat(1, 2, failed)}, reads);
  CHECK(told.report.undetermined == 1);
  CHECK(told.report.missing.contains("response.text"));
  // Who has left waits for no other.
  failed["client_gone"] = true;
  CHECK(replayed({chat(1, 2, failed)}, &routed, third).lines.empty());
}

TEST_CASE("a call is charged for what it used then, at the prices of the set") {
  PolicySet budget = set("policy a { allow limit $0.00002 usd per day by principal.id }");
  json small = {{"ai", {{"max_tokens", 5}}}};
  CHECK(replayed({chat(1, 2, small), chat(3, 4, small)}, budget).report.same == 2);
  CHECK(replayed({chat(1, 2, small), chat(3, 4, small), chat(5, 6, small)}, budget)
            .report.newly_denied == 1);
  json failed = small;
  failed["failed"] = true;
  CHECK(replayed({chat(1, 2, failed), chat(3, 4, small), chat(5, 6, small)}, budget).report.same ==
        3);
  PolicySet dear =
      set("policy a { allow route to \"n\" limit $0.00005 usd per day by principal.id }");
  CHECK(replayed({chat(1, 2, small), chat(3, 4, small)}, dear).report.newly_denied == 1);
}

TEST_CASE("what was refused for another reason than policies stays so") {
  json unheard = {{"decision", "deny"},
                  {"status", 0},
                  {"phase", "body"},
                  {"target", nullptr},
                  {"attempts", nullptr},
                  {"ai", nullptr},
                  {"response", nullptr},
                  {"usage", nullptr},
                  {"refusal", {{"status", 413}, {"unheard", true}}}};
  PolicySet open = set("policy a { allow }");
  CHECK(replayed({chat(1, 1, unheard)}, open).report.same == 1);
  PolicySet closed = set("policy a { allow deny 403 when request.method == post }");
  Told told = replayed({chat(1, 1, unheard)}, closed);
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0]["from"]["status"] == 413);
  CHECK(told.lines[0]["to"]["status"] == 403);
  // A model that this set has, or not.
  json unknown = unheard;
  unknown["refusal"] = {{"status", 404}};
  unknown["ai"] = {{"operation", "chat"}};
  unknown["model"] = {{"name", "p"}};
  CHECK(replayed({chat(1, 1, unknown)}, open).report.same == 1);
  unknown["model"] = {{"name", "n"}};
  told = replayed({chat(1, 1, unknown)}, open);
  CHECK(told.report.newly_allowed == 1);
  CHECK(told.report.estimated == 1);
}

TEST_CASE("records without all of this are decided as before") {
  PolicySet limited = set("policy a { allow limit 200 tokens per day by principal.id }");
  json older = {{"decided", nullptr}, {"settled", nullptr}, {"expected", nullptr}};
  CHECK(replayed({chat(1, 9, older), chat(2, 9, older)}, limited).report.same == 2);
}

}  // namespace aipol::replay
