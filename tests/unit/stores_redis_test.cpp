#include <doctest/doctest.h>

#include <algorithm>
#include <mutex>
#include <thread>

#include "runtime/stores/redis_counter.h"
#include "runtime/stores/redis_link.h"
#include "runtime/stores/stores.h"
#include "tests/support/hammer.h"
#include "tests/support/needs_redis.h"

namespace aipol::testing {

using Kind = plan::Window::Kind;
using plan::Measure;
using stores::WhenAway;

namespace {

struct Gateway {
  explicit Gateway(const RedisServer& server, WhenAway when = WhenAway::deny,
                   const std::string& credentials = "",
                   std::chrono::milliseconds patience = std::chrono::seconds(10)) {
    stores::Options options;
    options.patience = patience;
    options.state = {plan::State::Kind::redis, server.address(credentials)};
    options.when_away = when;
    options.report = [this](const std::string& text) {
      std::lock_guard lock(mutex);
      reports.push_back(text);
    };
    stores = std::move(*stores::open(options, clock));
    world.emplace(hammered_meters(), hammered_limits(), std::vector<meters::Reads>(),
                  &stores->counters());
  }

  bool reserve(int64_t tokens, int64_t budget, meters::Reservation& held) {
    meters::Charge charges[] = {{0, "all", tokens}, {2, "all", 1}};
    meters::Ask asks[] = {{0, 0, budget, {}, 0}, {2, 1, 5, {}, 1}};
    world->meters->reserve(charges, asks, held, verdict);
    return verdict.admitted;
  }
  bool use(int64_t tokens, int64_t budget) {
    meters::Reservation held;
    if (!reserve(tokens, budget, held)) return false;
    settle(held, tokens);
    return true;
  }
  void settle(meters::Reservation& held, int64_t tokens) {
    meters::Amount used[] = {tokens, 1};
    world->meters->settle(held, used);
  }
  int64_t used() { return world->meters->read(0, "all").used; }
  int64_t in_flight() { return world->meters->read(2, "all").used; }
  bool back() {
    for (int i = 0; i < 2000; ++i) {
      stores::Statistics now = stores->statistics();
      if (now.away_since == 0 && now.owed == 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  SystemClock clock;
  std::mutex mutex;
  std::vector<std::string> reports;
  std::unique_ptr<stores::Stores> stores;
  std::optional<Metering> world;
  meters::Verdict verdict;
};

constexpr std::chrono::milliseconds short_patience(250);
const std::vector<std::string> on_disk = {"--appendonly", "yes", "--appendfsync", "always"};

}  // namespace

TEST_CASE("gateways on one server count together") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server), two(server);
  CHECK(one.stores->counters().waits());
  meters::Reservation held;
  CHECK(one.reserve(5, 10, held));
  CHECK(two.used() == 5);
  CHECK(two.in_flight() == 1);
  CHECK_FALSE(two.use(6, 10));
  CHECK(two.verdict.retry_after == meters::never);
  one.settle(held, 3);
  CHECK(two.used() == 3);
  CHECK(two.use(6, 10));
  CHECK(one.used() == 9);
  CHECK(one.in_flight() == 0);
}

TEST_CASE("a request takes one round trip") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  CHECK(one.use(1, 100));
  uint64_t before = one.stores->statistics().round_trips;
  for (int i = 0; i < 10; ++i) CHECK(one.use(1, 100));
  CHECK(one.stores->statistics().round_trips <= before + 20 + 1);  // to reserve, to settle
  CHECK(one.stores->statistics().conflicts == 0);
}

TEST_CASE("counters that matter no more expire on the server") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  Metering timed({meter_of(Measure::tokens, sliding(minute)),
                  meter_of(Measure::concurrent, calendar(Kind::ever))},
                 {}, {{true, false}, {true, false}}, &one.stores->counters());
  meters::Charge charges[] = {{0, "k", 1}, {1, "k", 1}};
  meters::Reservation held;
  timed.meters->reserve(charges, {}, held, timed.verdict);
  auto keys = [&](const char* measure) { return server.ask({"KEYS", std::string("*") + measure}); };
  auto lasts = [&](const char* measure) { return std::stoll(server.ask({"TTL", keys(measure)})); };
  // While it is open, a day: whoever reserved may be gone.
  CHECK(lasts("tokens*") > 86'000);
  CHECK(lasts("concurrent*") > 86'000);
  meters::Amount used[] = {1, 1};
  timed.meters->settle(held, used);
  CHECK(lasts("tokens*") > 60);
  CHECK(lasts("tokens*") <= 120);
  CHECK(keys("concurrent*").empty());
  CHECK(one.use(1, 10));
  CHECK(server.ask({"TTL", keys("tokens ever*")}) == "-1");
}

TEST_CASE("what a gateway that died had open is free again, and counts as estimated") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  std::string gateways = "aipol:{aipol}:gateways";
  auto dead = std::make_unique<Gateway>(server);
  std::string id = server.ask({"HKEYS", gateways});
  meters::Reservation lost, mine;
  CHECK(dead->reserve(7, 100, lost));
  CHECK(one.reserve(1, 100, mine));
  CHECK(one.in_flight() == 2);
  // Its lease is over.
  std::string first = id.substr(0, 16), second = id.substr(17, 16);
  std::string owners = server.ask({"GET", server.ask({"KEYS", "*tokens ever*all"})});
  for (const std::string& gateway : {first, second})
    if (server.ask({"HGET", gateways, gateway}).starts_with("1 1 "))
      server.ask({"HSET", gateways, gateway, "1 1 1"});
  Gateway third(server);
  int64_t in_flight = third.in_flight();
  CHECK(in_flight < 2);
  CHECK(third.used() == 8);
  one.settle(mine, 1);
  CHECK(third.in_flight() == 0);
}

TEST_CASE("a gateway that stops takes nothing with it") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  meters::Reservation lost;
  {
    Gateway stopped(server);
    CHECK(stopped.reserve(7, 100, lost));
    stopped.stores->stop();
    lost = {};
  }
  CHECK(one.used() == 7);
  CHECK(one.in_flight() == 0);
}

TEST_CASE("where the server is away requests are refused, and what they had used follows") {
  if (no_redis()) return;
  RedisServer server(on_disk);
  Gateway one(server, WhenAway::deny);
  meters::Reservation before;
  CHECK(one.reserve(10, 100, before));
  server.kill();
  meters::Reservation refused;
  CHECK_FALSE(one.reserve(1, 100, refused));
  CHECK(one.verdict.away);
  CHECK_FALSE(one.verdict.full);
  CHECK_FALSE(refused.holds());
  CHECK(one.world->meters->read(0, "all").away);
  one.settle(before, 4);
  CHECK(one.world->meters->count(0, "late", 2));
  CHECK(one.stores->statistics().away_since != 0);
  context::Session session{"s", {}, 0};
  CHECK_FALSE(one.stores->sessions().recall(session, one.clock.now()));
  one.stores->sessions().remember("s", {"tag"}, one.clock.now());
  server.start();
  REQUIRE(one.back());
  CHECK(one.used() == 4);
  CHECK(one.in_flight() == 0);
  CHECK(one.world->meters->read(0, "late").used == 2);
  one.stores->sessions().remember("s", {}, one.clock.now());
  CHECK(one.stores->sessions().recall(session, one.clock.now()));
  CHECK(session.turns == 2);
  CHECK(session.tags == std::vector<std::string>{"tag"});
  std::lock_guard lock(one.mutex);
  REQUIRE(one.reports.size() == 2);
  CHECK(one.reports[0].find("is refused until it is back") != std::string::npos);
  CHECK(one.reports[1].find("is back") != std::string::npos);
}

TEST_CASE("where the server is away requests pass uncounted") {
  if (no_redis()) return;
  RedisServer server(on_disk);
  Gateway one(server, WhenAway::allow);
  meters::Reservation before, during;
  CHECK(one.reserve(10, 10, before));
  server.kill();
  CHECK(one.reserve(5, 10, during));
  CHECK_FALSE(during.holds());
  CHECK_FALSE(one.world->meters->read(0, "all").away);
  one.settle(before, 9);
  CHECK(one.stores->statistics().passed >= 2);
  server.start();
  REQUIRE(one.back());
  CHECK(one.used() == 9);
  CHECK(one.in_flight() == 0);
}

TEST_CASE("where the server is away the gateway counts alone, and adds what was used") {
  if (no_redis()) return;
  RedisServer server(on_disk);
  Gateway one(server, WhenAway::local), other(server);
  meters::Reservation before, over;
  CHECK(other.use(20, 100));
  CHECK(one.reserve(10, 100, before));
  one.stores->sessions().remember("s", {"tag"}, one.clock.now());
  server.kill();
  // It goes on from what it knew last: a budget that is used up stays so.
  CHECK_FALSE(one.use(71, 100));
  CHECK_FALSE(one.verdict.away);
  CHECK(one.use(50, 100));
  CHECK(one.used() == 80);
  CHECK_FALSE(one.use(21, 100));
  CHECK(one.reserve(7, 100, over));
  one.settle(before, 2);
  CHECK(one.used() == 79);
  context::Session session{"s", {}, 0};
  CHECK(one.stores->sessions().recall(session, one.clock.now()));
  CHECK(session.tags == std::vector<std::string>{"tag"});
  server.start();
  REQUIRE(one.back());
  REQUIRE(other.back());
  CHECK(one.used() == 79);
  CHECK(other.used() == 79);
  CHECK(other.in_flight() == 1);
  one.settle(over, 6);
  CHECK(other.used() == 78);
  CHECK(other.in_flight() == 0);
}

// The server takes the commands but answers too late: whether they were done is not known.
TEST_CASE("a reply that never came is no request counted twice, or lost") {
  if (no_redis()) return;
  std::string to;
  SUBCASE("to a reservation") { to = "reserve"; }
  SUBCASE("to a settlement") { to = "settle"; }
  SUBCASE("to an extension") { to = "extend"; }
  for (WhenAway when : {WhenAway::deny, WhenAway::allow, WhenAway::local}) {
    CAPTURE(static_cast<int>(when));
    bool alone = when == WhenAway::local;
    RedisServer server;
    Gateway one(server, when, "", short_patience);
    meters::Reservation held, during;
    CHECK(one.use(1, 100));
    CHECK(one.reserve(10, 100, held));
    server.pause(true);
    if (to == "reserve") CHECK(one.reserve(20, 100, during) == (when != WhenAway::deny));
    if (to == "settle") one.settle(held, 3);
    meters::Amount more[] = {30, 1};
    if (to == "extend")
      CHECK(one.world->meters->extend(held, more, {}) == (when != WhenAway::deny));
    server.pause(false);
    REQUIRE(one.back());
    if (to == "reserve") {
      CHECK(one.used() == 11 + (alone ? 20 : 0));
      CHECK(one.in_flight() == 1 + (alone ? 1 : 0));
      CHECK(during.holds() == alone);
      if (alone) one.settle(during, 5);
    }
    if (to != "settle") one.settle(held, 3);
    CHECK(one.used() == 4 + (to == "reserve" && alone ? 5 : 0));
    CHECK(one.in_flight() == 0);
  }
}

TEST_CASE("a server that goes and comes in the middle leaves the ledger right") {
  if (no_redis()) return;
  for (WhenAway when : {WhenAway::deny, WhenAway::local}) {
    CAPTURE(static_cast<int>(when));
    RedisServer server(on_disk);
    Gateway one(server, when, "", short_patience);
    Ledger ledger;
    std::atomic<int64_t> in_flight{0}, most{0};
    std::atomic<bool> over{false};
    auto admitted = [&] {
      std::lock_guard lock(ledger.mutex);
      return ledger.admitted;
    };
    std::thread trouble([&] {
      for (int i = 0; i < 4; ++i) {
        for (int64_t before = admitted(); admitted() < before + 50;)
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (i % 2 == 1) {
          server.pause(true);
          std::this_thread::sleep_for(std::chrono::milliseconds(700));
          server.pause(false);
        } else {
          server.kill();
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          server.start();
        }
        CHECK(one.back());
      }
      over = true;
    });
    for (uint64_t seed = 1; !over; ++seed)
      hammer(*one.world->meters, 16, 10, 1'000'000, ledger, in_flight, most, seed);
    trouble.join();
    REQUIRE(one.back());
    check_ledger(*one.world->meters, ledger);
    CHECK((ledger.away > 0) == (when == WhenAway::deny));
  }
}

TEST_CASE("a server that is not there yet is awaited") {
  if (no_redis()) return;
  RedisServer server;
  server.kill();
  Gateway one(server);
  CHECK_FALSE(one.use(1, 10));
  CHECK(one.verdict.away);
  server.start();
  REQUIRE(one.back());
  CHECK(one.use(1, 10));
}

TEST_CASE("all keys lie in one slot of a cluster") {
  if (no_redis()) return;
  RedisServer server({"--cluster-enabled", "yes"});
  REQUIRE(server.ask({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}) == "OK");
  for (int i = 0;
       i < 500 && server.ask({"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos;
       ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  stores::Options options;
  options.state = {plan::State::Kind::redis, server.address()};
  options.space = "a {strange} space";
  SystemClock clock;
  auto stores = std::move(*stores::open(options, clock));
  Metering world(hammered_meters(), hammered_limits(), {}, &stores->counters());
  for (const char* key : {"{x}", "}{", "k"}) {
    meters::Charge charges[] = {{0, "{all}", 1}, {1, key, 1}, {2, "all", 1}};
    meters::Reservation held;
    world.meters->reserve(charges, {}, held, world.verdict);
    CHECK(world.verdict.admitted);
    meters::Amount used[] = {1, 1, 1};
    world.meters->settle(held, used);
    stores->sessions().remember(key, {"t"}, clock.now());
  }
  CHECK(world.meters->read(0, "{all}").used == 3);
  CHECK(stores->statistics().refused == 0);
  stores::RedisLink link({"127.0.0.1", server.port(), "", "", 0});
  REQUIRE(link.connect());
  const stores::Command all = {"KEYS", "*"};
  auto keys = link.ask({&all, 1});
  REQUIRE(keys->front().items.size() == 8);
  for (const stores::Reply& key : keys->front().items) {
    CHECK(key.text.starts_with("aipol:{a%20%7bstrange%7d%20space}:"));
    CHECK(server.ask({"CLUSTER", "KEYSLOT", key.text}) ==
          server.ask({"CLUSTER", "KEYSLOT", "a%20%7bstrange%7d%20space"}));
  }
}

TEST_CASE("a password is used and never told") {
  if (no_redis()) return;
  RedisServer server({"--requirepass", "top s3cret"});
  Gateway right(server, WhenAway::deny, ":top%20s3cret@");
  CHECK(right.use(1, 10));
  for (const char* credentials : {":wr0ng@", "nobody:wr0ng@", ""}) {
    Gateway wrong(server, WhenAway::deny, credentials);
    CHECK_FALSE(wrong.use(1, 10));
    REQUIRE(wrong.reports.size() == 1);
    CHECK(wrong.reports[0].find("wr0ng") == std::string::npos);
    CHECK(wrong.reports[0].find("127.0.0.1") != std::string::npos);
  }
}

TEST_CASE("a value that is no counter refuses, alone") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  CHECK(one.use(1, 10));
  std::string key = server.ask({"KEYS", "*tokens*all"});
  server.ask({"SET", key, "something of somebody"});
  CHECK_FALSE(one.use(1, 10));
  CHECK(one.verdict.away);
  CHECK(one.world->meters->read(0, "all").away);
  CHECK(one.world->meters->count(0, "another", 1));
  CHECK(one.world->meters->read(0, "another").used == 1);
  CHECK(one.stores->statistics().away_since == 0);
  server.ask({"DEL", key});
  CHECK(one.use(1, 10));
}

TEST_CASE("scripts that the server forgot are sent again") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server);
  CHECK(one.use(1, 10));
  server.ask({"SCRIPT", "FLUSH"});
  CHECK(one.use(1, 10));
  CHECK(one.used() == 2);
  CHECK(one.stores->statistics().refused == 0);
}

TEST_CASE("sessions are shared") {
  if (no_redis()) return;
  RedisServer server;
  Gateway one(server), two(server);
  one.stores->sessions().remember("s", {"a"}, 1);
  two.stores->sessions().remember("s", {"b"}, 2);
  context::Session session{"s", {"b"}, 3};
  CHECK(one.stores->sessions().recall(session, 3));
  CHECK(session.turns == 5);
  CHECK(session.tags == std::vector<std::string>{"b", "a"});
  CHECK(std::stoll(server.ask({"TTL", "aipol:{aipol}:s:s"})) > 86'000);
}

TEST_CASE("addresses of Redis") {
  using stores::parse_redis_address;
  auto full = parse_redis_address("redis://us%40er:p%3ass@[::1]:7000/3");
  REQUIRE(full);
  CHECK(full->host == "::1");
  CHECK(full->port == 7000);
  CHECK(full->user == "us@er");
  CHECK(full->password == "p:ss");
  CHECK(full->database == 3);
  CHECK(full->shown() == "[::1]:7000");
  auto plain = parse_redis_address("redis://db.example");
  REQUIRE(plain);
  CHECK(plain->shown() == "db.example:6379");
  CHECK(parse_redis_address("redis://:a@b@h/")->password == "a@b");
  for (const char* wrong :
       {"", "redis:", "http://h", "redis://", "redis://:s3cret@", "redis://s3cret@h",
        "redis://:s3cret%zz@h", "redis://:s3cret%4@h", "redis://:s3cret@h:0",
        "redis://:s3cret@h:99999", "redis://:s3cret@h:1x", "redis://:s3cret@h/x",
        "redis://:s3cret@[::1", "rediss://:s3cret@h", "redis://:s3cret@h s3cret"}) {
    CAPTURE(wrong);
    auto address = parse_redis_address(wrong);
    REQUIRE_FALSE(address);
    CHECK(address.error().message.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("values of other servers' making are read with care") {
  stores::RedisCounter counter;
  counter.version = {0x1234, 5};
  counter.owners = {{1, 2}, {2, 1}};
  counter.state.open = 3;
  std::string value = stores::value_of(counter);
  auto again = stores::counter_of(value);
  REQUIRE(again);
  CHECK(again->version == counter.version);
  CHECK(again->owners == counter.owners);
  CHECK(stores::value_of(*again) == value);
  for (size_t i = 0; i < value.size(); ++i) CHECK_FALSE(stores::counter_of(value.substr(0, i)));
  Choices choices(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bad = value;
    for (uint32_t n = 0; n <= choices.below(3); ++n)
      bad[choices.below(static_cast<uint32_t>(bad.size()))] = static_cast<char>(choices.below(256));
    if (auto read = stores::counter_of(bad)) CHECK(read->state.open <= 4096ull * UINT32_MAX);
  }
  // One whose lease was over ends what it had all the same: no other's slot becomes free.
  again->drop_owners_except(std::vector<stores::GatewayId>{2});
  CHECK(again->state.open == 1);
  again->state.open = 0;
  again->note_open(1, 1);
  CHECK(again->state.open == 1);
  again->drop_owners_except({});
  CHECK(again->state.open == 0);
}

}  // namespace aipol::testing
