#include "runtime/stores/stores.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/enforce/memory_sessions.h"
#include "runtime/meters/memory_store.h"
#include "runtime/stores/redis_sessions.h"
#include "runtime/stores/sqlite_stores.h"

namespace aipol::stores {

namespace {

class MemoryStores final : public Stores {
 public:
  explicit MemoryStores(size_t most_bytes) : counters_(most_bytes) {}
  meters::Store& counters() override { return counters_; }
  enforce::Sessions& sessions() override { return sessions_; }
  Statistics statistics() const override {
    Statistics statistics;
    statistics.counters = counters_.size();
    return statistics;
  }

 private:
  meters::MemoryStore counters_;
  enforce::MemorySessions sessions_;
};

class RedisStores final : public Stores {
 public:
  RedisStores(const Options& options, RedisAddress address, const Clock& clock)
      : counters_(options, std::move(address), clock), sessions_(counters_, options.when_away) {}
  meters::Store& counters() override { return counters_; }
  enforce::Sessions& sessions() override { return sessions_; }
  Statistics statistics() const override { return counters_.statistics(); }
  void stop() override { counters_.stop(); }

 private:
  RedisCounters counters_;
  RedisSessions sessions_;
};

}  // namespace

WhenAway when_away(const std::string& name) {
  if (name == "allow") return WhenAway::allow;
  if (name == "local") return WhenAway::local;
  AIPOL_CHECK(name == "deny", "on_state_error is deny, allow or local");
  return WhenAway::deny;
}

Result<std::unique_ptr<Stores>> open(Options options, const Clock& clock) {
  options.window = std::max<std::chrono::nanoseconds>(options.window, std::chrono::milliseconds(1));
  switch (options.state.kind) {
    case plan::State::Kind::memory:
      return std::make_unique<MemoryStores>(options.most_bytes);
    case plan::State::Kind::sqlite:
      return SqliteStores::open(std::move(options), clock);
    case plan::State::Kind::redis: {
      auto address = parse_redis_address(options.state.at);
      if (!address) return std::unexpected(address.error());
      return std::make_unique<RedisStores>(options, std::move(*address), clock);
    }
  }
  __builtin_unreachable();
}

}  // namespace aipol::stores
