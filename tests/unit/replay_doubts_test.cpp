#include "replay/doubts.h"

#include <doctest.h>

#include <set>

#include "replay/record_reader.h"
#include "replay/world.h"
#include "tests/support/choices.h"
#include "tests/support/replay_set.h"

namespace aipol::replay {

namespace {

using testing::Choices;
using testing::replay_set;

constexpr std::string_view declared = R"aipol(
provider p { kind: echo }
model "m" { provider: p }
model "n" { provider: p }
extend principal { team: string = "none" }
)aipol";

struct Told {
  Verdict verdict;
  std::string policy;
};

class Asked {
 public:
  explicit Asked(const std::string& policies)
      : set_(replay_set(std::string(declared) + policies)) {}

  Told ask(const std::string& line) {
    auto world = World::make(set_);
    REQUIRE(world);
    RecordReader reader(nullptr, &set_.plan());
    Record record;
    INFO(line);
    auto done = reader.read(line, false, record);
    if (!done) FAIL(done.error().message);
    Told told;
    (*world)->decide(record, record.call, told.verdict);
    if (told.verdict.statement != nobody)
      told.policy =
          set_.plan().policies[set_.plan().statements[told.verdict.statement].policy].name;
    return told;
  }
  std::string missing(const std::string& line) {
    std::string all;
    for (const std::string& field : ask(line).verdict.missing)
      all += (all.empty() ? "" : " ") + field;
    return all;
  }

 private:
  PolicySet set_;
};

std::string chat(const std::string& more) {
  return R"({"request":{"path":"/v1/chat/completions"},"model":{"name":"m"})" + more + "}";
}

}  // namespace

TEST_CASE("a decision that turns on what is not told is undetermined, and says on what") {
  Asked asked(R"(policy a { allow when "dev" in principal.roles })");
  CHECK(asked.missing(chat("")) == "principal.roles");
  CHECK(asked.missing(chat(R"(,"principal":{"roles":["dev"]})")) == "");
  CHECK(asked.missing(chat(R"(,"principal":{"roles":[]})")) == "");
  CHECK(asked.missing(R"({"model":{"name":"m"}})") == "request.path");
  CHECK(asked.missing(
            R"({"request":{"path":"/v1/chat/completions"},"principal":{"roles":["dev"]}})") ==
        "model.name");
  CHECK(asked.missing(R"({"request":{"path":"/nowhere"}})") == "");
}

TEST_CASE("what can not change the decision may be missing") {
  Asked asked(R"(
    policy open { allow }
    policy sealed { deny when request.method == get and request.tls }
    policy both { deny 451 when request.tls or not request.tls })");
  // Whether it came over TLS, it is refused: but by whom is not known.
  CHECK(asked.missing(chat("")) == "request.method request.tls");
  Asked certain(R"(
    policy open { allow }
    policy first { deny when request.method == post }
    policy second { deny when request.tls })");
  Told told = certain.ask(R"({"request":{"path":"/v1/chat/completions","method":"post"}})");
  CHECK(told.verdict.missing.empty());
  CHECK(told.policy == "first");
  Asked shorter(R"(
    policy open { allow }
    policy sealed { deny when request.method == get and request.tls })");
  CHECK(
      shorter.missing(
          R"({"request":{"path":"/v1/chat/completions","method":"post"},"model":{"name":"m"}})") ==
      "");
}

TEST_CASE("an attribute that is not told is not its default") {
  Asked asked(R"(policy a { allow when principal.team == "none" })");
  CHECK(asked.missing(chat(R"(,"principal":{"id":"x"})")) == "principal.team");
  CHECK(asked.missing(chat(R"(,"principal":{"kind":"anonymous"})")) == "");
  CHECK(asked.missing(chat(R"(,"principal":{"team":"none"})")) == "");
}

TEST_CASE("headers are known where the record has headers") {
  Asked asked(R"(policy a { allow when request.header("x-key") ?? "" == "1" })");
  CHECK(asked.missing(chat("")) == "request.header(\"x-key\")");
  CHECK(asked.missing(
            R"({"request":{"path":"/v1/chat/completions","headers":{}},"model":{"name":"m"}})") ==
        "");
}

TEST_CASE("the answer is not known of what was not answered") {
  Asked asked(R"(
    policy open { allow }
    policy guard { deny 502 when response.text.contains("secret") })");
  CHECK(asked.missing(chat("")) == "response.text");
  CHECK(asked.missing(chat(R"(,"response":{"status":200,"text":"fine"})")) == "");
  Asked refused(R"(
    policy guard { deny 502 when response.text.contains("secret") }
    policy shut { deny })");
  CHECK(refused.missing(chat("")) == "");
}

TEST_CASE("a limit needs its keys, and what it counts") {
  Asked keys(R"(policy a { allow limit 10 requests per hour by principal.id })");
  CHECK(keys.missing(chat("")) == "principal.id");
  CHECK(keys.missing(chat(R"(,"principal":{"id":"x"})")) == "");
  Asked amounts(R"(policy a { allow limit 10 tokens per hour by request.path })");
  CHECK(amounts.missing(chat("")) == "usage.input_tokens");
  CHECK(amounts.missing(chat(R"(,"ai":{"input_tokens":5})")) == "");
  CHECK(amounts.missing(chat(R"(,"usage":{"input_tokens":5})")) == "");
}

TEST_CASE("what is read of a meter needs the meter's keys") {
  Asked asked(R"(
    meter seen = requests per hour by principal.id
    policy a { allow deny 429 when seen.used > 3 })");
  CHECK(asked.missing(chat("")) == "principal.id");
  CHECK(asked.missing(chat(R"(,"principal":{"id":"x"})")) == "");
}

// Whatever the missing fields hold, a determined decision is the one of the whole record.
TEST_CASE("a determined decision stands whatever is missing") {
  PolicySet set = replay_set(std::string(declared) + R"(
    policy staff     { allow when "dev" in principal.roles or principal.team == "red" }
    policy readers   { allow when request.method == get }
    policy night     { deny 451 when request.tls and principal.id == "a" }
    @priority(2) policy strangers { deny 401 when principal.kind == anonymous }
    policy big       { require ai.max_tokens ?? 0 <= 100 else 400 }
    policy small     { route to "n" when principal.team == "blue" }
    policy models    { require target.name != "n" or principal.mfa }
    policy budget    { limit 3 requests per hour by principal.id when principal.team == "red" }
    policy words     { deny 502 when response.text.contains("x") and request.tls })");
  auto fields = [](Choices& choices) {
    std::vector<std::pair<std::string, std::string>> all;
    auto add = [&](const char* path, std::initializer_list<std::string_view> values) {
      all.emplace_back(path, std::string(choices.of(std::span(values.begin(), values.size()))));
    };
    add("request.method", {"\"get\"", "\"post\""});
    add("request.tls", {"true", "false"});
    add("principal.kind", {"\"user\"", "\"app\""});
    add("principal.id", {"\"a\"", "\"b\""});
    add("principal.roles", {"[]", "[\"dev\"]"});
    add("principal.team", {"\"red\"", "\"blue\"", "\"none\""});
    add("principal.mfa", {"true", "false"});
    add("ai.max_tokens", {"50", "500"});
    add("model.name", {"\"m\"", "\"n\"", "\"zz\""});
    add("response.text", {"\"x\"", "\"y\""});
    return all;
  };
  auto line_of = [](const std::vector<std::pair<std::string, std::string>>& all, uint64_t hidden) {
    std::map<std::string, std::string> objects{{"request", "\"path\":\"/v1/chat/completions\""},
                                               {"response", "\"status\":200"}};
    for (size_t i = 0; i < all.size(); ++i) {
      if ((hidden >> i & 1) != 0) continue;
      size_t dot = all[i].first.find('.');
      std::string& members = objects[all[i].first.substr(0, dot)];
      members +=
          (members.empty() ? "\"" : ",\"") + all[i].first.substr(dot + 1) + "\":" + all[i].second;
    }
    std::string out;
    for (const auto& [name, members] : objects)
      out += (out.empty() ? "{\"" : ",\"") + name + "\":{" + members + "}";
    return out + "}";
  };
  auto world = World::make(set);
  REQUIRE(world);
  RecordReader reader(nullptr, &set.plan());
  auto decide = [&](const std::string& line) {
    Record record;
    INFO(line);
    REQUIRE(reader.read(line, false, record));
    auto fresh = World::make(set);
    Verdict verdict;
    (*fresh)->decide(record, record.call, verdict);
    return verdict;
  };
  Choices choices(3);
  size_t determined = 0, open = 0;
  for (int i = 0; i < 400; ++i) {
    auto whole = fields(choices);
    uint64_t hidden = choices.bits() & choices.bits();
    Verdict verdict = decide(line_of(whole, hidden));
    (verdict.undetermined() ? open : determined) += 1;
    if (verdict.undetermined()) continue;
    for (int j = 0; j < 5; ++j) {
      auto other = fields(choices);
      for (size_t k = 0; k < whole.size(); ++k) {
        if ((hidden >> k & 1) == 0) other[k] = whole[k];
      }
      Verdict full = decide(line_of(other, 0));
      INFO(line_of(whole, hidden));
      INFO(line_of(other, 0));
      REQUIRE_FALSE(full.undetermined());
      REQUIRE(full.allowed == verdict.allowed);
      REQUIRE(full.status == verdict.status);
      if (verdict.statement != nobody) {
        REQUIRE(full.statement != nobody);
        CHECK(set.plan().statements[full.statement].policy ==
              set.plan().statements[verdict.statement].policy);
      }
    }
  }
  CHECK(determined > 40);
  CHECK(open > 40);
}

}  // namespace aipol::replay
