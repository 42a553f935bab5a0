#include <doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "base/published.h"
#include "runtime/identity/identities.h"
#include "runtime/identity/key_file.h"
#include "tests/support/scratch_folder.h"

using namespace aipol;
using namespace aipol::identity;
using namespace std::chrono_literals;

namespace {

bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 4000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

plan::Identity keys_of(std::string file) {
  plan::Identity made;
  made.name = "keys";
  made.kind = "api_key";
  made.header = "x-api-key";
  made.file = std::move(file);
  return made;
}

}  // namespace

TEST_CASE("keys that are added and revoked count without a restart") {
  const testing::ScratchFolder folder;
  const auto file = folder.path() / "keys.json";
  Key wanted;
  wanted.id = "first";
  const auto first = add_key(file, wanted);
  std::mutex lock;
  std::vector<std::string> said;
  const auto report = [&](const std::string& line) {
    const std::lock_guard hold(lock);
    said.push_back(line);
  };
  const auto lines = [&] {
    const std::lock_guard hold(lock);
    return said.size();
  };
  const auto identities =
      Identities::load({keys_of("keys.json")}, folder.path(), {report, nullptr});
  REQUIRE(identities);
  const auto told = [&](const std::string& secret) {
    context::Principal who;
    const Verdict verdict = identities->identify({{"x-api-key", secret}}, INT64_MAX, who);
    return verdict.kind == Verdict::Kind::known ? "known" : std::string(verdict.reason);
  };
  CHECK(told(first->secret) == "known");
  CHECK(identities->health()[0].keys == 1);
  wanted.id = "second";
  const auto second = add_key(file, wanted);
  CHECK(soon([&] { return told(second->secret) == "known"; }));
  CHECK(identities->health()[0].keys == 2);
  REQUIRE(revoke_key(file, "first"));
  CHECK(soon([&] { return told(first->secret) == "the API key was revoked"; }));

  // A broken file leaves the old keys in force, and is said once.
  folder.write("keys.json", "{\"keys\":[");
  CHECK(soon([&] { return lines() == 1; }));
  std::this_thread::sleep_for(1200ms);
  CHECK(lines() == 1);
  CHECK(said[0].starts_with("identity keys: "));
  CHECK(said[0].ends_with("what it said before stays in force"));
  CHECK(identities->health()[0].last_error.find("keys.json: ") != std::string::npos);
  CHECK(told(second->secret) == "known");
  std::filesystem::remove(file);
  CHECK(soon([&] { return lines() == 2; }));
  CHECK(told(second->secret) == "known");
  wanted.id = "third";
  const auto third = add_key(file, wanted);
  CHECK(soon([&] { return told(third->secret) == "known"; }));
  CHECK(told(second->secret) == "the credential is not known");
  CHECK(identities->health()[0].last_error.empty());
}

TEST_CASE("values are replaced under those who read them") {
  struct Pair {
    explicit Pair(int value) : a(value), b(value) {}
    ~Pair() { a = -1; }
    int a, b;
  };
  Published<Pair> published;
  CHECK_FALSE(static_cast<bool>(published.read()));
  published.replace(std::make_unique<const Pair>(0));
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0}, backwards{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      int last = 0;
      while (!stop) {
        const auto reading = published.read();
        if (reading->a != reading->b) ++torn;
        if (reading->a < last) ++backwards;
        last = reading->a;
      }
    });
  }
  for (int i = 1; i <= 200; ++i) published.replace(std::make_unique<const Pair>(i));
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(backwards == 0);
  CHECK(published.read()->a == 200);
}
