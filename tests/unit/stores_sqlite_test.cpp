#include <doctest/doctest.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "runtime/stores/stores.h"
#include "tests/support/choices.h"
#include "tests/support/metering.h"
#include "tests/support/scratch_folder.h"

namespace aipol::testing {

using Kind = plan::Window::Kind;
using plan::Measure;

namespace {

struct Reports {
  std::mutex mutex;
  std::vector<std::string> all;
  void add(const std::string& text) {
    std::lock_guard lock(mutex);
    all.push_back(text);
  }
  size_t size() {
    std::lock_guard lock(mutex);
    return all.size();
  }
};

stores::Options in(const ScratchFolder& folder, Reports* reports = nullptr) {
  stores::Options options;
  options.state = {plan::State::Kind::sqlite, "state.db"};
  options.folder = folder.path();
  options.window = std::chrono::milliseconds(2);
  options.report = [reports](const std::string& text) {
    if (reports != nullptr) reports->add(text);
  };
  return options;
}

std::unique_ptr<stores::Stores> opened(const stores::Options& options, const Clock& clock) {
  auto stores = stores::open(options, clock);
  REQUIRE_MESSAGE(stores, stores.error().message);
  return std::move(*stores);
}

// What another program does with the file.
std::string sql(const ScratchFolder& folder, const std::string& text) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((folder.path() / "state.db").c_str(), &database) == SQLITE_OK);
  std::string rows;
  sqlite3_exec(
      database, text.c_str(),
      [](void* into, int columns, char** values, char**) {
        for (int i = 0; i < columns; ++i)
          *static_cast<std::string*>(into) += std::string(values[i] ? values[i] : "") + " ";
        return 0;
      },
      &rows, nullptr);
  sqlite3_close(database);
  return rows;
}

std::vector<plan::Meter> budget_and_slots() {
  return {meter_of(Measure::tokens, calendar(Kind::ever)),
          meter_of(Measure::concurrent, calendar(Kind::ever))};
}
const std::vector<meters::Limit> two_limits = {{0, false, {}}, {1, false, {}}};

bool use(meters::Meters& meters, const std::string& key, int64_t budget) {
  meters::Charge charge{0, key, 1};
  meters::Ask ask{0, 0, budget, {}, 0};
  meters::Reservation held;
  meters::Verdict verdict;
  meters.reserve({&charge, 1}, {&ask, 1}, held, verdict);
  meters::Amount used = 1;
  if (verdict.admitted) meters.settle(held, {&used, 1});
  return verdict.admitted;
}

template <class Condition>
bool soon(Condition condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// What a child tells before it is killed.
struct Told {
  uint64_t writes = 0;  // of the file, until then
  int64_t key = 0;
  char what = 0;  // 'a' admitted, 'r' refused
};

// Runs in a child until it is killed after some time; gives what it told.
template <class Work>
std::vector<Told> killed_after(std::chrono::microseconds time, Work work) {
  int pipe[2];
  REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
  int child = ::fork();
  if (child == 0) {
    work([&](Told told) { std::ignore = ::write(pipe[1], &told, sizeof(told)); });
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::vector<Told> all;
  Told told;
  REQUIRE(::read(pipe[0], &told, sizeof(told)) == sizeof(told));
  all.push_back(told);
  ::usleep(static_cast<useconds_t>(time.count()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(pipe[0], &told, sizeof(told)) == sizeof(told)) all.push_back(told);
  ::close(pipe[0]);
  return all;
}

}  // namespace

TEST_CASE("counters and sessions are there after a restart") {
  ScratchFolder folder;
  VirtualClock clock{1'772'366'400'000'000'000};
  {
    auto stores = opened(in(folder), clock);
    Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
    CHECK(use(*world.meters, "a", 3));
    CHECK(use(*world.meters, "a", 3));
    stores->sessions().remember("s", {"seen", "odd"}, clock.now());
    stores->sessions().remember("s", {}, clock.now());
  }
  auto stores = opened(in(folder), clock);
  Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
  CHECK(world.meters->read(0, "a").used == 2);
  CHECK(use(*world.meters, "a", 3));
  CHECK_FALSE(use(*world.meters, "a", 3));
  context::Session session{"s", {}, 0};
  CHECK(stores->sessions().recall(session, clock.now()));
  CHECK(session.turns == 2);
  CHECK(session.tags == std::vector<std::string>{"odd", "seen"});
  CHECK_FALSE(stores->counters().waits());
  struct stat status{};
  REQUIRE(::stat((folder.path() / "state.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("one file has one gateway") {
  ScratchFolder folder;
  SystemClock clock;
  auto stores = opened(in(folder), clock);
  auto second = stores::open(in(folder), clock);
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("another gateway has it") != std::string::npos);
  stores.reset();
  CHECK(stores::open(in(folder), clock));
}

TEST_CASE("files that are no state are left alone") {
  ScratchFolder folder;
  SystemClock clock;
  auto why = [&] {
    auto stores = stores::open(in(folder), clock);
    REQUIRE_FALSE(stores);
    return stores.error().message;
  };
  SUBCASE("a text") {
    folder.write("state.db", std::string(5000, 'x'));
    CHECK(why().find("not a database") != std::string::npos);
  }
  SUBCASE("another database") {
    sql(folder, "CREATE TABLE t (a)");
    CHECK(why().find("a database of something else") != std::string::npos);
  }
  SUBCASE("one of a later layout") {
    opened(in(folder), clock).reset();
    sql(folder, "PRAGMA user_version = 2");
    CHECK(why().find("its layout is 2") != std::string::npos);
  }
  SUBCASE("a counter that can not be read") {
    opened(in(folder), clock).reset();
    sql(folder, "INSERT INTO counters VALUES ('m requests', x'61', x'010203')");
    CHECK(why().find("a counter of m requests in it can not be read") != std::string::npos);
  }
  SUBCASE("no folder") {
    stores::Options options = in(folder);
    options.state.at = "none/state.db";
    auto stores = stores::open(options, clock);
    REQUIRE_FALSE(stores);
    CHECK(stores.error().message.find("No such file") != std::string::npos);
  }
}

TEST_CASE("counters that matter no more leave the file") {
  ScratchFolder folder;
  VirtualClock clock{1'772'366'400'000'000'000};
  auto stores = opened(in(folder), clock);
  {
    Metering world({meter_of(Measure::requests, sliding(minute)),
                    meter_of(Measure::requests, calendar(Kind::ever))},
                   {}, {{true, false}, {true, false}}, &stores->counters());
    for (int i = 0; i < 50; ++i) world.meters->count(0, std::to_string(i), 1);
    world.meters->count(1, "k", 1);
    CHECK(soon([&] { return sql(folder, "SELECT count(*) FROM counters") == "51 "; }));
    world.after(2 * minute);
    clock.set(world.clock.now());
    SUBCASE("swept") { world.meters->sweep(); }
    SUBCASE("at a restart") {
      stores.reset();
      stores = opened(in(folder), clock);
    }
    CHECK(soon([&] { return sql(folder, "SELECT count(*) FROM counters") == "1 "; }));
  }
}

TEST_CASE("killed, it has lost what no write had the time to take") {
  ScratchFolder folder;
  SystemClock clock;
  Choices choices(11);
  int64_t before = 0;
  uint64_t most_writes = 0;
  // A loaded machine may need more of them until one lived for a few writes.
  for (int trial = 0; trial < 12 || (most_writes <= 2 && trial < 200); ++trial) {
    auto told = killed_after(std::chrono::microseconds(choices.below(60'000)), [&](auto tell) {
      auto stores = opened(in(folder), clock);
      Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
      for (;;) {
        uint64_t writes = stores->statistics().writes;
        if (!use(*world.meters, "k", int_max)) continue;
        tell({writes, 0, 'a'});
      }
    });
    auto stores = opened(in(folder), clock);
    Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
    int64_t used = world.meters->read(0, "k").used;
    // A write that begins after a request has been counted has it. One was perhaps under way.
    uint64_t last = told.back().writes;
    auto safe = std::ranges::count_if(told, [&](const Told& t) { return t.writes + 2 <= last; });
    CHECK(used >= before + safe);
    CHECK(used <= before + static_cast<int64_t>(told.size()) + 1);
    most_writes = std::max(most_writes, last);
    before = used;
  }
  CHECK(most_writes > 2);
}

TEST_CASE("killed, it has not lost a refusal, nor the estimate of what was in flight") {
  ScratchFolder folder;
  SystemClock clock;
  Choices choices(5);
  size_t refusals = 0;
  int64_t first_key = 0;
  stores::Options options = in(folder);
  options.window = std::chrono::hours(1);  // nothing is written but for refusals
  for (int trial = 0; trial < 12; ++trial) {
    auto told = killed_after(std::chrono::microseconds(choices.below(40'000)), [&](auto tell) {
      auto stores = opened(options, clock);
      Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
      std::vector<meters::Reservation> in_flight;
      for (int64_t key = first_key;; ++key) {
        std::string name = std::to_string(key);
        use(*world.meters, name, 3);
        // A second request holds the rest of the budget, and the one slot, when the third is
        // refused.
        meters::Charge charges[] = {{0, name, 2}, {1, name, 1}};
        meters::Ask asks[] = {{0, 0, 3, {}, 0}, {1, 1, 1, {}, 1}};
        world.meters->reserve(charges, asks, in_flight.emplace_back(), world.verdict);
        tell({0, key, world.verdict.admitted ? 'a' : '?'});
        if (!use(*world.meters, name, 3)) tell({0, key, 'r'});
      }
    });
    auto stores = opened(options, clock);
    Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
    for (const Told& one : told) {
      CHECK(one.what != '?');
      first_key = std::max(first_key, one.key + 1);
      if (one.what != 'r') continue;
      ++refusals;
      std::string name = std::to_string(one.key);
      CHECK_FALSE(use(*world.meters, name, 3));
      CHECK(world.meters->read(0, name).used == 3);
      CHECK(world.meters->read(1, name).used == 0);
    }
  }
  CHECK(refusals > 12);
}

TEST_CASE("refusals of a counter that did not change write nothing") {
  ScratchFolder folder;
  SystemClock clock;
  stores::Options options = in(folder);
  options.window = std::chrono::hours(1);
  auto stores = opened(options, clock);
  Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
  CHECK(use(*world.meters, "k", 1));
  CHECK(stores->statistics().writes == 0);
  CHECK_FALSE(use(*world.meters, "k", 1));
  CHECK(stores->statistics().writes == 1);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(use(*world.meters, "k", 1));
  CHECK(stores->statistics().writes == 1);
  CHECK(stores->statistics().unwritten == 0);
}

TEST_CASE("a file that can not be written stops nobody, and is written later") {
  ScratchFolder folder;
  SystemClock clock;
  Reports reports;
  {
    auto stores = opened(in(folder, &reports), clock);
    Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
    CHECK(use(*world.meters, "k", 3));
    CHECK(soon([&] { return stores->statistics().writes > 0; }));
    auto go_on = [&] {
      CHECK(use(*world.meters, "k", 3));
      CHECK(use(*world.meters, "k", 3));
      CHECK_FALSE(use(*world.meters, "k", 3));
      CHECK(soon([&] { return stores->statistics().write_errors > 0 && reports.size() > 0; }));
      CHECK_FALSE(use(*world.meters, "k", 3));
    };
    SUBCASE("locked by another program") {
      sqlite3* other = nullptr;
      REQUIRE(sqlite3_open((folder.path() / "state.db").c_str(), &other) == SQLITE_OK);
      REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
      go_on();
      sqlite3_close(other);
      CHECK(reports.all[0].find("database is locked") != std::string::npos);
    }
    SUBCASE("on a full disk") {
      rlimit old{};
      ::getrlimit(RLIMIT_FSIZE, &old);
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit none{4096, old.rlim_max};
      ::setrlimit(RLIMIT_FSIZE, &none);
      go_on();
      ::setrlimit(RLIMIT_FSIZE, &old);
      std::signal(SIGXFSZ, SIG_DFL);
    }
    CHECK(soon([&] { return reports.size() == 2; }));
    CHECK(reports.all[1] == "the state file is written again");
    CHECK(soon([&] { return stores->statistics().unwritten == 0; }));
  }
  auto stores = opened(in(folder), clock);
  Metering world(budget_and_slots(), two_limits, {}, &stores->counters());
  CHECK(world.meters->read(0, "k").used == 3);
}

}  // namespace aipol::testing
