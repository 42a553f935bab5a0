#include "compiler/jit/object_cache.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "compiler/compile.h"
#include "compiler/index/index.h"
#include "compiler/jit/object_key.h"
#include "compiler/lower/fingerprint.h"
#include "compiler/lower/lower.h"
#include "tests/support/plan_builder.h"
#include "tests/support/random_plan.h"
#include "tests/support/scratch_folder.h"

namespace aipol::compiler {

namespace {

namespace fs = std::filesystem;

class Folder : public testing::ScratchFolder {
 public:
  std::string cache() const { return path() / "deep" / "cache"; }
  fs::path only_entry() const {
    std::vector<fs::path> entries;
    for (const auto& entry : fs::directory_iterator(cache())) entries.push_back(entry.path());
    REQUIRE(entries.size() == 1);
    return entries[0];
  }
};

std::string read(const fs::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

// A statement for each team; all of one form.
plan::Plan plan_of(std::initializer_list<const char*> teams, int64_t limit) {
  testing::PlanBuilder builder;
  auto source = builder.source("team", plan::Rep::text),
       tokens = builder.source("tokens", plan::Rep::integer);
  for (const char* team : teams) {
    auto is_team = builder.test(plan::Op::equal, source, builder.text(team));
    auto above = builder.test(plan::Op::less, builder.constant(limit, plan::Rep::integer), tokens);
    builder.statement(builder.all({is_team, above}));
  }
  return std::move(builder.plan);
}

std::string fingerprint_of(const plan::Plan& plan) { return fingerprint(plan, index(plan)); }

std::vector<Step> steps_of(const plan::Plan& plan, const std::string& cache,
                           std::optional<Tier> tier = {}) {
  std::vector<Timing> timings;
  auto code = native_code(plan, index(plan), {.tier = tier, .cache = cache}, timings);
  REQUIRE(code.has_value());
  std::vector<Step> steps;
  for (const Timing& timing : timings) steps.push_back(timing.step);
  return steps;
}

const std::vector<Step> compiled{Step::lower, Step::jit}, loaded{Step::jit};

}  // namespace

TEST_CASE("what is kept is found, by its key, in a private folder") {
  Folder folder;
  ObjectCache cache(folder.cache());
  CHECK_FALSE(cache.find("k").has_value());
  CHECK_FALSE(fs::exists(folder.cache()));
  cache.keep("k", std::string("code\0code", 9));
  CHECK(cache.find("k") == std::string("code\0code", 9));
  CHECK_FALSE(cache.find("other").has_value());
  CHECK(mode_of(folder.cache()) == 0700);
  CHECK(mode_of(folder.only_entry()) == 0600);
  cache.keep("k", "newer");
  CHECK(cache.find("k") == "newer");
}

TEST_CASE("a damaged entry is none") {
  Folder folder;
  ObjectCache cache(folder.cache());
  cache.keep("k", "some machine code");
  fs::path entry = folder.only_entry();
  const std::string whole = read(entry);
  for (size_t size = 0; size < whole.size(); ++size) {
    write(entry, whole.substr(0, size));
    CHECK_FALSE(cache.find("k").has_value());
  }
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    write(entry, changed);
    CHECK_FALSE(cache.find("k").has_value());
  }
  write(entry, whole + "x");
  CHECK_FALSE(cache.find("k").has_value());
  write(entry, whole);
  CHECK(cache.find("k").has_value());
  fs::rename(entry, entry.parent_path() / "l.o");
  CHECK_FALSE(cache.find("l").has_value());
}

TEST_CASE("what others could have written is not used") {
  Folder folder;
  ObjectCache cache(folder.cache());
  cache.keep("k", "code");
  fs::path entry = folder.only_entry();
  ::chmod(entry.c_str(), 0620);
  CHECK_FALSE(cache.find("k").has_value());
  ::chmod(entry.c_str(), 0600);
  CHECK(cache.find("k").has_value());
  ::chmod(folder.cache().c_str(), 0777);
  CHECK_FALSE(cache.find("k").has_value());
  cache.keep("l", "code");
  CHECK_FALSE(fs::exists(entry.parent_path() / "l.o"));
  ::chmod(folder.cache().c_str(), 0700);
  fs::path real = entry.parent_path() / "elsewhere";
  fs::rename(entry, real);
  fs::create_symlink(real, entry);
  CHECK_FALSE(cache.find("k").has_value());
  fs::remove(entry);
  REQUIRE(::mkfifo(entry.c_str(), 0600) == 0);
  CHECK_FALSE(cache.find("k").has_value());
}

TEST_CASE("a folder that cannot be made or written keeps nothing") {
  ObjectCache none("");
  none.keep("k", "code");
  CHECK_FALSE(none.find("k").has_value());
  ObjectCache impossible("/dev/null/cache");
  impossible.keep("k", "code");
  CHECK_FALSE(impossible.find("k").has_value());
  ObjectCache system("/proc/aipol");
  system.keep("k", "code");
  CHECK_FALSE(system.find("k").has_value());
}

TEST_CASE("what was not used for longest goes first") {
  Folder folder;
  ObjectCache cache(folder.cache(), 1000);
  const std::string object(300, 'x');
  auto age = [&](const char* key, time_t seconds) {
    timespec times[2] = {{0, UTIME_OMIT}, {1'000'000 - seconds, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (fs::path(folder.cache()) / (std::string(key) + ".o")).c_str(),
                        times, 0) == 0);
  };
  cache.keep("a", object);
  age("a", 10);
  cache.keep("b", object);
  age("b", 5);
  CHECK(cache.find("a").has_value());  // used now
  cache.keep("c", object);
  CHECK(cache.find("a").has_value());
  CHECK_FALSE(cache.find("b").has_value());
  CHECK(cache.find("c").has_value());
  cache.keep("large", std::string(1000, 'x'));
  CHECK_FALSE(cache.find("large").has_value());
  CHECK(cache.find("c").has_value());
}

TEST_CASE("writers at the same time leave whole entries") {
  Folder folder;
  auto object = [](char c) { return std::string(20'000, c); };
  {
    std::vector<std::jthread> threads;
    for (char c : {'a', 'b', 'c', 'd'}) {
      threads.emplace_back([&, c] {
        ObjectCache cache(folder.cache());
        for (int i = 0; i < 50; ++i) {
          cache.keep("k", object(c));
          auto found = cache.find("k");
          if (!found || found->size() != 20'000 || *found != object(found->front())) std::abort();
        }
      });
    }
  }
  folder.only_entry();
  CHECK(ObjectCache(folder.cache()).find("k").has_value());
}

TEST_CASE("a key tells tiers and inputs apart") {
  std::string key = object_key("input", Tier::good);
  REQUIRE(key.size() == 64);
  CHECK(object_key("input", Tier::good) == key);
  CHECK(object_key("input", Tier::fast) != key);
  CHECK(object_key("inputs", Tier::good) != key);
}

TEST_CASE("an edit of data finds its code; an edit of form does not") {
  Folder folder;
  CHECK(steps_of(plan_of({"a", "b"}, 10), folder.cache()) == compiled);
  CHECK(steps_of(plan_of({"a", "b"}, 10), folder.cache()) == loaded);
  CHECK(steps_of(plan_of({"x", "y", "z"}, 20), folder.cache()) == loaded);
  testing::PlanBuilder other;
  other.statement(other.test(plan::Op::less_equal, other.constant(int64_t{1}, plan::Rep::integer),
                             other.source("tokens", plan::Rep::integer)));
  CHECK(steps_of(other.plan, folder.cache()) == compiled);
  CHECK(steps_of(other.plan, "") == compiled);
}

TEST_CASE("good code serves where fast code is wanted, not the other way round") {
  Folder folder;
  plan::Plan plan = plan_of({"a"}, 1);
  CHECK(steps_of(plan, folder.cache(), Tier::fast) == compiled);
  CHECK(steps_of(plan, folder.cache(), Tier::fast) == loaded);
  CHECK(steps_of(plan, folder.cache()) == loaded);
  CHECK(steps_of(plan, folder.cache(), Tier::good) == compiled);
  std::vector<Timing> timings;
  auto code =
      native_code(plan, index(plan), {.tier = Tier::fast, .cache = folder.cache()}, timings);
  REQUIRE(code.has_value());
  CHECK(code->tier == Tier::good);
}

TEST_CASE("an object that is whole but no object file is compiled anew") {
  Folder folder;
  plan::Plan plan = plan_of({"a"}, 1);
  ObjectCache cache(folder.cache());
  for (Tier tier : {Tier::good, Tier::fast})
    cache.keep(object_key(fingerprint_of(plan), tier), "no object file");
  CHECK(steps_of(plan, folder.cache()) == compiled);
  CHECK(steps_of(plan, folder.cache()) == loaded);
}

// What the cache rests on.
TEST_CASE("equal fingerprints lower to equal modules") {
  std::map<std::string, std::string> modules;
  size_t equal = 0;
  auto compare = [&](const plan::Plan& plan) {
    plan::Layout layout = index(plan);
    std::string module = text(lower(plan, layout));
    auto [known, fresh] = modules.emplace(fingerprint(plan, layout), module);
    equal += !fresh;
    CHECK(known->second == module);
  };
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    testing::Choices choices(seed);
    plan::Plan plan = testing::random_plan(choices);
    compare(plan);
    for (plan::Constant& constant : plan.constants) {
      if (auto* text = std::get_if<std::string>(&constant)) *text += "x";
    }
    compare(plan);
  }
  CHECK(equal > 100);
}

}  // namespace aipol::compiler
