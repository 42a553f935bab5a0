// Sessions on a Redis server: a hash for each, which expires. What is written adds up, so that
// gateways need not agree on an order.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "runtime/enforce/memory_sessions.h"
#include "runtime/stores/redis_counters.h"

namespace aipol::stores {

// While the server is away, what is to be remembered is kept here, of at most `most_owed` sessions,
// and follows. Where the gateway counts alone then, it also knows the sessions that it has met. A
// request may be counted twice in `turns` where its reply did not come.
class RedisSessions final : public enforce::Sessions {
 public:
  static constexpr size_t most_owed = 100'000;

  RedisSessions(RedisCounters& server, WhenAway when_away)
      : server_(server), when_away_(when_away) {}

  bool recall(context::Session& session, int64_t now) override;
  void remember(const std::string& id, const std::set<std::string>& tags, int64_t now) override;

 private:
  struct Owed {
    std::set<std::string> tags;
    int64_t turns = 0;
  };
  void add_commands(const std::string& id, const Owed& owed, std::vector<Command>& to) const;
  void owe(const std::string& id, Owed owed);
  std::map<std::string, Owed> take_owed();

  RedisCounters& server_;
  const WhenAway when_away_;
  enforce::MemorySessions met_;  // where the gateway is to count alone
  std::mutex mutex_;
  std::map<std::string, Owed> owed_;
};

}  // namespace aipol::stores
