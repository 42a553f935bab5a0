#include "replay/replay.h"

#include <doctest.h>

#include <algorithm>

#include <fmt/format.h>

#include "replay/gate.h"
#include "replay/report_json.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/choices.h"
#include "tests/support/replay_lines.h"
#include "tests/support/replay_set.h"

namespace aipol::replay {

namespace {

using testing::Choices;
using testing::MemoryLines;
using testing::replay_set;

constexpr std::string_view declared = R"aipol(
provider p { kind: echo }
model "m" { provider: p, price: { input: $2, output: $10 } }
model "n" { provider: p, price: { input: $1, output: $1 } }
extend principal { team: string = "none" }
)aipol";

constexpr std::string_view old_policies = R"aipol(
policy open   { allow }
policy budget { limit 3 requests per hour by principal.id }
)aipol";

constexpr std::string_view new_policies = R"aipol(
policy open   { allow when principal.team != "red" }
policy budget { limit 2 requests per hour by principal.id }
policy cheap  { route to "n" when principal.team == "blue" }
policy never  { deny when request.method == delete }
)aipol";

std::vector<std::string> traffic(size_t count, uint64_t seed) {
  Choices choices(seed);
  static constexpr std::string_view teams[] = {"red", "blue", "green"};
  std::vector<std::string> lines;
  for (size_t i = 0; i < count; ++i) {
    uint32_t caller = choices.below(9);
    if (choices.one_in(40)) {
      lines.push_back(choices.one_in(2) ? "{" : R"({"request":{"size":"x"}})");
      continue;
    }
    // Out of order by at most a few seconds.
    int64_t time = 1'772'366'400 + static_cast<int64_t>(i * 7) - choices.below(20);
    lines.push_back(fmt::format(
        R"({{"time":{},"request":{{"path":"/v1/chat/completions","method":"post"}},)"
        R"("principal":{{"kind":"app","id":"a{}","team":"{}"}},"model":{{"name":"m"}},)"
        R"("response":{{"status":200}},"usage":{{"input_tokens":{},"output_tokens":10}}}})",
        time, caller, teams[caller % 3], 10 * choices.below(50)));
  }
  return lines;
}

std::string told(std::vector<std::string> lines, const PolicySet* from, const PolicySet& to,
                 Options options, size_t block = 7) {
  MemoryLines source(std::move(lines), block);
  auto report = run(source, from, to, options);
  if (!report) FAIL(report.error().message);
  return report_json(*report);
}

struct Sets {
  PolicySet before = replay_set(std::string(declared) + std::string(old_policies), "old.aipol");
  PolicySet after = replay_set(std::string(declared) + std::string(new_policies), "new.aipol");
};

}  // namespace

TEST_CASE("names that differ at their ends are spread over all shards") {
  Sets sets;
  std::vector<std::string> lines;
  for (int i = 0; i < 800; ++i)
    lines.push_back(fmt::format(
        R"({{"time":{},"request":{{"path":"/v1/chat/completions"}},"principal":{{"kind":"app","id":"user-{}","team":"red"}},"model":{{"name":"m"}}}})",
        1'772'366'400 + i, i));
  for (uint32_t of : {4u, 8u}) {
    for (uint32_t number = 1; number <= of; ++number) {
      MemoryLines source(lines);
      Options options{.shard = Shard{number, of}};
      auto report = run(source, &sets.before, sets.after, options);
      REQUIRE(report);
      CHECK(report->records > 800 / of * 6 / 10);
      CHECK(report->records < 800 / of * 14 / 10);
    }
  }
}

TEST_CASE("times before all that can be told are counted first") {
  Timeline line;
  constexpr int64_t day = int64_t{86'400} * 1'000'000'000;
  line.at(std::numeric_limits<int64_t>::min()).records += 1;
  line.at(20'000 * day).records += 2;
  line.at(std::numeric_limits<int64_t>::max()).records += 4;
  std::vector<uint64_t> counts;
  int64_t before = std::numeric_limits<int64_t>::min();
  for (const auto& [number, one] : line.counts()) {
    int64_t begin = 0;
    REQUIRE_FALSE(__builtin_mul_overflow(number, line.step(), &begin));
    CHECK(begin > before);
    before = begin;
    counts.push_back(one.records);
  }
  CHECK(counts == std::vector<uint64_t>{1, 2, 4});
}

TEST_CASE("what comes out does not depend on threads or blocks") {
  Sets sets;
  std::vector<std::string> lines = traffic(700, 1);
  std::string one = told(lines, &sets.before, sets.after, {.threads = 1, .window = 640});
  for (unsigned threads : {2u, 5u}) {
    for (size_t block : {1u, 13u, 1000u})
      CHECK(told(lines, &sets.before, sets.after, {.threads = threads, .window = 640}, block) ==
            one);
  }
  PolicySet free =
      replay_set(std::string(declared) + "policy open { allow when principal.team == \"red\" }");
  std::string alone = told(lines, nullptr, free, {.threads = 1});
  CHECK(told(lines, nullptr, free, {.threads = 4}, 3) == alone);
}

TEST_CASE("the same policies decide all records alike") {
  Sets sets;
  PolicySet again = replay_set(std::string(declared) + std::string(old_policies), "old.aipol");
  MemoryLines source(traffic(300, 2));
  auto report = run(source, &sets.before, again, {});
  REQUIRE(report);
  CHECK(report->records > 250);
  CHECK(report->same == report->records);
  CHECK(report->unreadable > 0);
  CHECK(report->changes.empty());
}

TEST_CASE("records are decided as eval decides them") {
  std::vector<std::string> lines = traffic(300, 3);
  std::erase_if(lines, [](const std::string& line) { return line.size() < 60; });
  auto time_of = [](const std::string& line) { return line.substr(8, 10); };
  std::ranges::stable_sort(lines, {}, time_of);
  PolicySet shut = replay_set(std::string(declared) + "policy shut { deny 410 }");
  constexpr std::string_view nothing_counted = R"(
    policy open { allow when principal.team != "red" }
    policy some { deny 451 "not now" when principal.id == "a4" })";
  for (std::string_view policies : {new_policies, nothing_counted}) {
    PolicySet set = replay_set(std::string(declared) + std::string(policies));
    auto simulation = offline::Simulation::make(set.program, set.assets, 0);
    REQUIRE(simulation);
    std::map<std::string, uint64_t> by_eval, by_replay;
    for (const std::string& line : lines) {
      auto call = offline::read_call(line, set.plan());
      REQUIRE(call);
      (*simulation)->set_time(call->call.request.time_ns);
      decision::Decision decision = (*simulation)->decide(*call).decision;
      ++by_eval[decision.allowed ? "allow" : fmt::format("deny {}", decision.status)];
    }
    // From what nobody allows: every record is a change.
    MemoryLines source(lines);
    auto report = run(source, &shut, set, {.threads = 3});
    REQUIRE(report);
    CHECK(report->changed == lines.size());
    for (const auto& [answers, change] : report->changes)
      by_replay[text_of(answers.second)] += change.count;
    CHECK(by_eval == by_replay);
    CHECK(by_eval.size() > 2);
  }
}

TEST_CASE("records out of order are put in order, and the others counted") {
  PolicySet set = replay_set(std::string(declared) + R"(
    policy open { allow }
    policy once { limit 1 requests per day by principal.id })");
  auto line = [](int day, int second) {
    return fmt::format(
        R"({{"time":"2026-03-{:02}T12:00:{:02}Z","request":{{"path":"/v1/chat/completions"}},)"
        R"("principal":{{"id":"a"}},"model":{{"name":"m"}}}})",
        day, second);
  };
  PolicySet open = replay_set(std::string(declared) + "policy open { allow }");
  auto refused = [&](std::vector<std::string> lines, size_t window) {
    MemoryLines source(std::move(lines));
    auto report = run(source, &open, set, {.window = window});
    REQUIRE(report);
    std::string examples;
    for (const auto& [answers, change] : report->changes) {
      for (const auto& place : change.examples.places()) examples += fmt::format("{} ", place.line);
    }
    return fmt::format("{}late {}", examples, report->late);
  };
  CHECK(refused({line(1, 5), line(1, 1)}, 16 * 16) == "1 late 0");
  CHECK(refused({line(1, 1), line(1, 5)}, 16 * 16) == "2 late 0");
  std::vector<std::string> many;
  for (int day = 2; day <= 28; ++day) many.push_back(line(day, 0));
  many.push_back(line(1, 0));
  CHECK(refused(many, 16) == "28 late 1");
}

TEST_CASE("shards add up to the whole") {
  Sets sets;
  std::vector<std::string> lines = traffic(500, 4);
  Options options{.threads = 2, .window = 100'000};
  MemoryLines whole_lines(lines);
  auto whole = run(whole_lines, &sets.before, sets.after, options);
  REQUIRE(whole);
  Report sum;
  for (uint32_t number = 1; number <= 3; ++number) {
    options.shard = Shard{number, 3};
    MemoryLines part_lines(lines);
    auto part = run(part_lines, &sets.before, sets.after, options);
    REQUIRE(part);
    CHECK(part->records < whole->records);
    auto read = read_report(report_json(*part));
    REQUIRE(read);
    CHECK(report_json(*read) == report_json(*part));
    if (number == 1)
      sum = std::move(*read);
    else
      sum.merge(*read);
  }
  CHECK(sum.shards == std::set<uint32_t>{1, 2, 3});
  sum.shards.clear();
  sum.of = 0;
  CHECK(report_json(sum) == report_json(*whole));
}

TEST_CASE("what belongs to no one caller can not be in shards") {
  PolicySet set = replay_set(std::string(declared) + R"(
    policy open { allow }
    policy everyone { limit 100 requests per hour by request.path })");
  MemoryLines source(traffic(10, 5));
  auto report = run(source, nullptr, set, {.shard = Shard{1, 2}});
  REQUIRE_FALSE(report);
  CHECK(report.error().message.find("everyone.1") != std::string::npos);
}

TEST_CASE("tokens and money that move are told, and when limits were reached") {
  Sets sets;
  std::vector<std::string> lines;
  for (int i = 0; i < 4; ++i)
    lines.push_back(fmt::format(
        R"({{"time":"2026-03-01T12:00:0{}Z","request":{{"path":"/v1/chat/completions","method":"post"}},)"
        R"("principal":{{"id":"b","team":"blue"}},"model":{{"name":"m"}},"response":{{"status":200}},)"
        R"("usage":{{"input_tokens":1000000,"output_tokens":0}}}})",
        i));
  MemoryLines source(lines);
  auto report = run(source, &sets.before, sets.after, {});
  REQUIRE(report);
  // The third is refused by the new limit alone, the fourth by both.
  CHECK(report->newly_denied == 1);
  CHECK(report->same == 3);
  REQUIRE(report->changes.size() == 1);
  const Change& change = report->changes.begin()->second;
  CHECK(change.tokens == 1'000'000);
  CHECK(change.usd == 2'000'000'000);
  REQUIRE(report->routes.size() == 1);
  const Shift& shift = report->routes.begin()->second;
  CHECK(shift.count == 2);
  CHECK(shift.usd_from == 4'000'000'000);
  CHECK(shift.usd_to == 2'000'000'000);
  REQUIRE(report->limits.size() == 2);
  for (const auto& [name, limit] : report->limits) {
    CHECK(limit.refused == (name.first ? 2 : 1));
    CHECK(limit.keys.kept().begin()->first.second == "b");
  }
}

TEST_CASE("records of audit logs tell what was decided") {
  PolicySet set = replay_set(std::string(declared) + "policy open { allow }");
  std::vector<std::string> lines = {
      R"({"v":1,"kind":"request","time":"2026-03-01T12:00:00Z","request":{"method":"post","path":"/v1/chat/completions"},"principal":{"kind":"anonymous","method":"none"},"ai":{"operation":"chat"},"model":{"name":"m"},"decision":"deny","status":403,"phase":"body","policy":"p","statement":"x.aipol:3"})",
      R"({"request":{"path":"/v1/chat/completions"},"model":{"name":"m"}})",
      R"({"v":1,"kind":"alert","time":"2026-03-01T12:00:00Z"})"};
  MemoryLines source(lines);
  auto report = run(source, nullptr, set, {});
  REQUIRE(report);
  CHECK(report->newly_allowed == 1);
  CHECK(report->other == 1);
  CHECK(report->missing.contains("decision"));
  CHECK(report->changes.begin()->first.first.statement == "x.aipol:3");
}

TEST_CASE("sums by names are the same in whichever way they come together") {
  std::vector<std::string> names;
  for (int i = 0; i < 15'000; ++i) names.push_back(fmt::format("name {}", i * 7919));
  auto sum = [](auto begin, auto end) {
    BoundedCounts<uint64_t> counts;
    for (; begin != end; ++begin) ++counts.at(*begin);
    return counts;
  };
  auto text = [](const BoundedCounts<uint64_t>& counts) {
    std::string out;
    for (const auto& [name, count] : counts.kept())
      out += fmt::format("{} {}\n", name.second, count);
    return out + fmt::format("{}", counts.others());
  };
  auto whole = sum(names.begin(), names.end());
  auto back = sum(names.rbegin(), names.rend());
  auto first = sum(names.begin(), names.begin() + 11'000);
  auto rest = sum(names.begin() + 11'000, names.end());
  CHECK(whole.kept().size() == BoundedCounts<uint64_t>::most);
  CHECK(text(whole) == text(back));
  rest.merge(first);
  CHECK(text(whole) == text(rest));
}

TEST_CASE("a timeline is the same in whichever way it comes together") {
  Choices choices(9);
  std::vector<int64_t> times;
  for (int i = 0; i < 300; ++i)
    times.push_back(static_cast<int64_t>(choices.below(40'000'000)) * 1'000'000'000);
  Timeline forth, back, one, other;
  for (int64_t time : times) ++forth.at(time).records;
  for (size_t i = times.size(); i-- > 0;) ++back.at(times[i]).records;
  for (size_t i = 0; i < times.size(); ++i) ++(i % 3 == 0 ? one : other).at(times[i]).records;
  other.merge(one);
  CHECK(forth == back);
  CHECK(forth == other);
  CHECK(forth.counts().size() <= Timeline::most_steps);
}

TEST_CASE("gates") {
  Report report;
  report.records = 1000;
  report.newly_denied = 1;
  auto fails = [&](std::string_view text) {
    auto gate = Gate::parse(text);
    REQUIRE(gate);
    return gate->fails(report);
  };
  CHECK(fails("newly-denied>0"));
  CHECK(fails("newly-denied"));
  CHECK_FALSE(fails("newly-denied>1"));
  CHECK_FALSE(fails("newly-denied>0.1%"));
  CHECK(fails("newly-denied>0.09%"));
  CHECK_FALSE(fails("undetermined>0"));
  for (std::string_view bad :
       {"", "denied>0", "changed>", "changed>x", "changed>-1", "changed>1%%", "changed<1"})
    CHECK_FALSE(Gate::parse(bad));
}

TEST_CASE("no text is a report that was none") {
  for (std::string_view bad : {"", "{", "[]", "{}", R"({"v":2})", R"({"v":1,"records":"x"})"})
    CHECK_FALSE(read_report(bad));
}

}  // namespace aipol::replay
