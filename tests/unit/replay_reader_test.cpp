#include "replay/record_reader.h"

#include <doctest.h>

#include "tests/support/replay_lines.h"

namespace aipol::replay {

namespace {

using testing::Choices;
using testing::difference;
using testing::random_record;

plan::Plan reads_project() {
  plan::Plan plan;
  plan.sources.emplace_back().path = "request.project";
  return plan;
}

Record read(const std::string& line) {
  RecordReader reader(nullptr, nullptr);
  Record record;
  auto done = reader.read(line, false, record);
  REQUIRE(done);
  return record;
}

}  // namespace

TEST_CASE("a simple record is read as any is read") {
  plan::Plan plan = reads_project();
  RecordReader reader(&plan, nullptr);
  Choices choices(7);
  size_t fast_ones = 0, bad_ones = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string line = random_record(choices);
    Record fast, slow;
    bool simple = reader.read_fast(line, false, fast);
    auto done = reader.read_slowly(line, slow);
    INFO(line);
    // Of what is about something else nothing more is looked at.
    if (!done && fast.kind != Kind::other) CHECK_FALSE(simple);
    bad_ones += !done;
    if (!simple || !done) continue;
    ++fast_ones;
    REQUIRE(difference(fast, slow) == "");
  }
  CHECK(fast_ones > 2'000);
  CHECK(bad_ones > 1'000);
}

TEST_CASE(
    "what aipol leaves out of its own records has its default, but for what it never writes") {
  Record plain = read(R"({"request":{"path":"/v1/models"},"principal":{"id":"a"}})");
  CHECK(plain.kind == Kind::plain);
  CHECK_FALSE(plain.known.fields.has(Field::request_tls));
  CHECK_FALSE(plain.known.fields.has(Field::principal_roles));
  CHECK_FALSE(plain.known.attributes);
  CHECK(plain.known.fields.has(Field::request_query));

  Record audit = read(
      R"({"v":1,"kind":"request","time":"2026-03-01T12:00:00Z","request":{"path":"/v1/models"},)"
      R"("principal":{"kind":"app","id":"a"},"decision":"deny","status":403,"phase":"head",)"
      R"("policy":"p","statement":"a.aipol:3"})");
  CHECK(audit.known.fields.has(Field::request_tls));
  CHECK(audit.known.fields.has(Field::principal_roles));
  CHECK(audit.known.fields.has(Field::session_id));
  CHECK_FALSE(audit.known.fields.has(Field::request_headers));
  CHECK_FALSE(audit.known.fields.has(Field::ai_operation));  // it was refused before its body
  CHECK_FALSE(audit.known.attributes);
  CHECK(audit.recorded.known);
  CHECK_FALSE(audit.recorded.allowed);
  CHECK(audit.recorded.status == 403);
  CHECK(audit.recorded.policy == "p");

  Record traffic = read(
      R"({"v":1,"kind":"traffic","time":"2026-03-01T12:00:00Z","request":{"path":"/v1/models"},)"
      R"("ai":{"operation":"chat"},"response":{"status":200}})");
  CHECK(traffic.known.fields.has(Field::request_headers));
  CHECK(traffic.known.fields.has(Field::principal_kind));
  CHECK(traffic.known.fields.has(Field::ai_messages));
  CHECK(traffic.known.fields.has(Field::response_text));
  CHECK_FALSE(traffic.known.fields.has(Field::usage_cached));
  CHECK(traffic.known.attributes);
  CHECK_FALSE(traffic.known.credentials);
}

TEST_CASE("texts of audit records are known where they were kept, and as they were") {
  std::string head = R"({"v":1,"kind":"request","request":{"path":"/v1/chat/completions"},)"
                     R"("ai":{"operation":"chat","messages":[{"role":"user","text":"hi"}]})";
  CHECK(read(head + "}").known.fields.has(Field::ai_prompt));
  CHECK_FALSE(read(head + R"(,"redacted":["pii.email"]})").known.fields.has(Field::ai_prompt));
}

TEST_CASE("an anonymous caller has no roles") {
  Record record = read(R"({"request":{"path":"/"},"principal":{"kind":"anonymous"}})");
  CHECK(record.known.fields.has(Field::principal_roles));
  CHECK(record.known.attributes);
}

TEST_CASE("what is no record of a request is told apart from what is no record") {
  RecordReader reader(nullptr, nullptr);
  Record record;
  REQUIRE(reader.read(R"({"v":1,"kind":"alert","time":"2026-03-01T12:00:00Z"})", false, record));
  CHECK(record.kind == Kind::other);
  for (std::string_view bad :
       {"", "{", "[]", "7", R"({"request":7})", R"({"request":{"size":"x"}})", R"({"foo":1})",
        R"({"request":{"path":"/"}} x)", "{\"request\":{\"path\":\"\xff\"}}"})
    CHECK_FALSE(reader.read(bad, false, record));
}

}  // namespace aipol::replay
