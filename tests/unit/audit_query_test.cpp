#include "runtime/audit/query.h"

#include <doctest/doctest.h>

#include "runtime/audit/notices.h"
#include "tests/support/audit_entry.h"

namespace aipol::audit {

TEST_CASE("records match by each of what they tell") {
  testing::AuditedRequest request;
  const std::string line = request.json();
  auto check = [&](auto set, bool expected) {
    Query query;
    set(query);
    CHECK((matches(query, line) == Match::yes) == expected);
  };
  static constexpr int64_t time = 1'772'366'400'379'974'609;
  check([](Query&) {}, true);
  check([](Query& q) { q.since = time; }, true);
  check([](Query& q) { q.since = time + 1; }, false);
  check([](Query& q) { q.until = time; }, false);
  check([](Query& q) { q.until = time + 1; }, true);
  check([](Query& q) { q.principals = {"ann", "dana"}; }, true);
  check([](Query& q) { q.principals = {"ann"}; }, false);
  check([](Query& q) { q.policies = {"small_models"}; }, true);
  check([](Query& q) { q.policies = {"budget"}; }, true);
  check([](Query& q) { q.policies = {"other"}; }, false);
  check([](Query& q) { q.decision = "allow"; }, true);
  check([](Query& q) { q.decision = "deny"; }, false);
  check([](Query& q) { q.statuses = {200}; }, true);
  check([](Query& q) { q.statuses = {403}; }, false);
  check([](Query& q) { q.models = {"gpt-4o"}; }, true);
  check([](Query& q) { q.models = {"gpt-4o-mini"}; }, true);
  check([](Query& q) { q.models = {"gpt-3"}; }, false);
  check([](Query& q) { q.ids = {"568d83f20e734336cf1f137d5e056a38"}; }, true);
  check([](Query& q) { q.ids = {"568d"}; }, false);
  check([](Query& q) { q.kinds = {"request"}; }, true);
  check([](Query& q) { q.kinds = {"alert"}; }, false);
  check(
      [](Query& q) {
        q.principals = {"dana"};
        q.decision = "deny";
      },
      false);
}

TEST_CASE("lines that are no records, or hold other types, do no harm") {
  Query query;
  query.principals = {"x"};
  query.statuses = {200};
  for (const char* odd : {"", "x", "[]", "1", "{\"a\"", "null"})
    CHECK(matches(query, odd) == Match::no_record);
  for (const char* odd : {"{}", R"({"principal":"x","status":"200"})",
                          R"({"principal":{"id":1},"fired":[1,{}]})", R"({"time":5,"fired":{}})"})
    CHECK(matches(query, odd) == Match::no);
  CHECK(describe("{}") == "");
}

TEST_CASE("a record is told in a line that does nothing to a terminal") {
  testing::AuditedRequest request;
  CHECK(describe(request.json()) ==
        "2026-03-01T12:00:00.379974609Z allow 200 dana gpt-4o->gpt-4o-mini post "
        "/v1/chat/completions small_models (shop/policies.aipol:6)");
  request.decision = decision::refused(plan::Phase::head, 401, "no\n\x1b[31mkey");
  request.call.principal = {};
  request.entry.target.reset();
  request.entry.status = 401;
  CHECK(describe(request.json()) ==
        "2026-03-01T12:00:00.379974609Z deny 401 anonymous gpt-4o post /v1/chat/completions: no  "
        "[31mkey");
  CHECK(describe(shed_record(0, 3)) ==
        "1970-01-01T00:00:00.000000000Z shed: 3 records were left out");
  CHECK(describe(resumed_record(0, 9, 1)).find("9 bytes") != std::string::npos);
  CHECK(describe(R"({"time":"t","kind":"alert","policy":"budget","text":"80%"})") ==
        "t alert budget: 80%");
}

TEST_CASE("moments are times, dates, or so long ago") {
  constexpr int64_t s = 1'000'000'000, now = 1'000'000 * s;
  CHECK(parse_moment("90s", now) == now - 90 * s);
  CHECK(parse_moment("15m", now) == now - 900 * s);
  CHECK(parse_moment("2h", now) == now - 7200 * s);
  CHECK(parse_moment("1d", now) == now - 86'400 * s);
  CHECK(parse_moment("1970-01-02", now) == 86'400 * s);
  CHECK(parse_moment("1970-01-02T00:00:01Z", now) == 86'401 * s);
  for (const char* bad : {"", "d", "-1d", "1.5h", "yesterday", "99999999999999999999d", "1w"})
    CHECK(!parse_moment(bad, now));
}

}  // namespace aipol::audit
