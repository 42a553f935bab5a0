// What meters do is the same wherever they count.
#include <doctest/doctest.h>

#include "tests/support/meter_model.h"
#include "tests/support/needs_redis.h"
#include "tests/support/scratch_folder.h"

namespace aipol::testing {

namespace {

model::OpenStores sqlite_in(const ScratchFolder& folder, const std::string& name,
                            std::chrono::nanoseconds window) {
  return [&folder, name, window](const Clock& clock) {
    stores::Options options;
    options.state = {plan::State::Kind::sqlite, name};
    options.folder = folder.path();
    options.window = window;
    options.report = [](const std::string& text) { FAIL_CHECK(text); };
    auto opened = stores::open(options, clock);
    REQUIRE_MESSAGE(opened, opened.error().message);
    return std::move(*opened);
  };
}

model::OpenStores redis_at(const RedisServer& server, const std::string& space) {
  return [&server, space](const Clock& clock) {
    stores::Options options;
    options.state = {plan::State::Kind::redis, server.address()};
    options.space = space;
    options.patience = std::chrono::seconds(10);
    options.report = [](const std::string& text) { FAIL_CHECK(text); };
    return std::move(*stores::open(options, clock));
  };
}

}  // namespace

TEST_CASE("meters on SQLite do what the model does, over restarts") {
  ScratchFolder folder;
  for (uint64_t seed = 0; seed < 120; ++seed) {
    CAPTURE(seed);
    auto window = std::chrono::milliseconds(seed % 2 == 0 ? 1 : 1000);
    model::Run(seed, {.estimates_err = seed % 3 == 0,
                      .restarts = true,
                      .open = sqlite_in(folder, std::to_string(seed), window)})
        .go(150);
  }
}

TEST_CASE("meters on Redis do what the model does, over restarts") {
  if (no_redis()) return;
  RedisServer server;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    model::Run(seed, {.estimates_err = seed % 3 == 0,
                      .restarts = seed % 2 == 0,
                      .open = redis_at(server, "run " + std::to_string(seed))})
        .go(100);
  }
}

}  // namespace aipol::testing
