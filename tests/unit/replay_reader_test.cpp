#include "replay/record_reader.h"

#include <doctest.h>
#include <fmt/format.h>

#include "tests/support/replay_lines.h"

namespace aipol::replay {

namespace {

using testing::Choices;
using testing::difference;
using testing::random_record;
using testing::with_other_values;

plan::Plan reads_project() {
  plan::Plan plan;
  plan.sources.emplace_back().path = "request.project";
  return plan;
}

bool same_knowledge(const Record& one, const Record& other) {
  const Known &a = one.known, &b = other.known;
  return a.fields == b.fields && a.attributes == b.attributes && a.metadata == b.metadata &&
         a.credentials == b.credentials && one.recorded.past_head == other.recorded.past_head;
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
    bool simple = reader.read_simply(line, false, fast);
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

TEST_CASE("a line that is like one before it is read by what they have in common") {
  plan::Plan plan = reads_project();
  Choices choices(11);
  size_t by_shape = 0, refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    RecordReader reader(&plan, nullptr);
    std::string line = random_record(choices);
    Record record;
    if (!reader.read_simply(line, false, record)) continue;
    for (int k = 0; k < 4; ++k) {
      std::string other = with_other_values(line, choices);
      Record fast, slow;
      if (!reader.read_by_shape(other, false, fast) || fast.kind == Kind::other) continue;
      INFO(line);
      INFO(other);
      auto done = reader.read_slowly(other, slow);
      refused += !done;
      if (!done) continue;
      ++by_shape;
      slow.used = slow.call.call.usage;
      find_known(slow);
      REQUIRE(difference(fast, slow) == "");
      CHECK(same_knowledge(fast, slow));
    }
  }
  CHECK(by_shape > 800);
  CHECK(refused == 0);
}

TEST_CASE("one reader learns many shapes, and no line is read by that of another") {
  plan::Plan plan = reads_project();
  RecordReader reader(&plan, nullptr);
  Choices choices(12);
  std::vector<std::string> lines;
  while (lines.size() < 60) {
    Record record;
    lines.push_back(random_record(choices));
    if (!RecordReader(&plan, nullptr).read_simply(lines.back(), false, record)) lines.pop_back();
  }
  size_t by_shape = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string line = with_other_values(lines[choices.below(60)], choices);
    Record shaped, any, slow;
    bool has_shape = reader.read_by_shape(line, false, shaped);
    bool readable = reader.read(line, false, any).has_value();
    auto done = reader.read_slowly(line, slow);
    INFO(line);
    if (!done || any.kind == Kind::other) continue;
    REQUIRE(readable);
    find_known(slow);
    REQUIRE(difference(any, slow) == "");
    CHECK(same_knowledge(any, slow));
    if (!has_shape) continue;
    ++by_shape;
    REQUIRE(difference(shaped, slow) == "");
  }
  CHECK(by_shape > 1'500);
}

TEST_CASE("what a record goes by is not taken from another one") {
  RecordReader reader(nullptr, nullptr);
  auto line = [](std::string_view kind, std::string_view phase, std::string_view decision) {
    return fmt::format(
        R"({{"v":1,"kind":"{}","request":{{"path":"/a"}},"principal":{{"kind":"app"}},"decision":"{}","status":403,"phase":"{}"}})",
        kind, decision, phase);
  };
  for (int round = 0; round < 3; ++round) {
    for (std::string_view kind : {"request", "traffic", "alert"}) {
      for (std::string_view phase : {"head", "body", "output"}) {
        for (std::string_view decision : {"allow", "deny"}) {
          Record record;
          REQUIRE(reader.read(line(kind, phase, decision), false, record));
          INFO(kind);
          CHECK((record.kind == Kind::traffic) == (kind == "traffic"));
          CHECK((record.kind == Kind::other) == (kind == "alert"));
          if (kind == "alert") continue;
          CHECK(record.recorded.past_head == (phase != "head"));
          CHECK(record.recorded.allowed == (decision == "allow"));
          CHECK(record.call.served.refused_answer == (phase == "output" && decision == "deny"));
        }
      }
    }
  }
}

TEST_CASE("no more is remembered of lines than there is room for") {
  RecordReader reader(nullptr, nullptr);
  Record record;
  auto with = [](size_t numbers, std::string_view name) {
    std::string line = R"({"v":1,"kind":"request","request":{"path":"/a"},"meters":[)";
    for (size_t i = 0; i < numbers; ++i) line += "1,";
    return line + "2],\"" + std::string(name) + "\":7}";
  };
  REQUIRE(reader.read(with(10, "x"), false, record));
  CHECK(reader.read_by_shape(with(10, "x"), false, record));
  REQUIRE(reader.read(with(100'000, "x"), false, record));
  CHECK_FALSE(reader.read_by_shape(with(100'000, "x"), false, record));
  // Many names in one place: of some the shape is known, none is read wrongly.
  size_t known = 0;
  for (int i = 0; i < 200; ++i) {
    std::string line = with(3, fmt::format("n{}", i));
    REQUIRE(reader.read(line, false, record));
    known += reader.read_by_shape(line, false, record);
    CHECK(record.call.target == "/a");
  }
  CHECK(known >= 60);
  CHECK(known <= 64);
}

TEST_CASE("names of members make a shape, wherever their colon stands") {
  RecordReader reader(nullptr, nullptr);
  Record record;
  REQUIRE(reader.read(R"({"request" : {"path" :"/a"}, "model" : {"name" : "m"}})", false, record));
  CHECK_FALSE(reader.read_by_shape(R"({"request" : {"host" :"/a"}, "model" : {"name" : "m"}})",
                                   false, record));
  CHECK(reader.read_by_shape(R"({"request" : {"path" :"/b"}, "model" : {"name" : "n"}})", false,
                             record));
  CHECK(record.call.target == "/b");
  CHECK(record.call.call.model_name == "n");
  // What is no number, ends elsewhere, or has more to tell.
  REQUIRE(reader.read(R"({"request":{"path":"/a","size":7}})", false, record));
  for (std::string_view other :
       {R"({"request":{"path":"/a","size":"7"}})", R"({"request":{"path":"/a","size":07}})",
        R"({"request":{"path":"/a","size":-}})", R"({"request":{"path":"/a","size":7.5}})",
        R"({"request":{"path":"/a","size":99999999999999999999}})",
        R"({"request":{"path":"/a","size":7}} )", R"({"request":{"path":"/a","size":7})",
        R"({"request":{"path":"/\u0041","size":7}})",
        "{\"request\":{\"path\":\"/\xc3\xa9\",\"size\":7}}",
        "{\"request\":{\"path\":\"/\t\",\"size\":7}}"})
    CHECK_FALSE(reader.read_by_shape(other, false, record));
  CHECK(reader.read_by_shape(R"({"request":{"path":"/other","size":70}})", false, record));
  CHECK(record.call.call.request.size == 70);
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
