// Counters on a Redis server that several gateways share.
//
// Each value has a version. Transactions are done here, on what was last seen of their counters,
// and written by one script if the server still has those versions; else it says what it has, and
// they are done again. So a request takes one round trip unless another gateway came first.
// Transactions that come while a round trip is under way wait, and go together in the next one.
//
// Every key has the same hash tag, {space}: in a cluster all lie in one slot, so that counters of
// any requests can be changed as one. One node carries all counters of a space.
//
// A reply that does not come leaves in doubt whether the batch was done. The next connection asks
// for the number of the last one that was, and voids what the old one may still send: nothing is
// counted twice or forgotten. Callers do not wait for that: they are answered as `when_away` says,
// and what has to be put right follows (backlog.h).
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/meters/memory_store.h"
#include "runtime/stores/backlog.h"
#include "runtime/stores/redis_batch.h"
#include "runtime/stores/redis_link.h"
#include "runtime/stores/stores.h"

namespace aipol::stores {

class RedisCounters final : public meters::Store {
 public:
  // Takes one attempt to connect; a thread of its own makes others.
  RedisCounters(const Options& options, RedisAddress address, const Clock& clock);
  ~RedisCounters() override { stop(); }

  uint32_t meter(std::string_view identity) override;
  meters::Outcome transact(std::span<const meters::Address> counters, Missing missing, int64_t now,
                           meters::Step& step) override;
  bool waits() const override { return true; }
  void sweep(int64_t now) override;

  // Other commands, on keys that begin with `prefix`, in the next round trip; nothing where the
  // server is away, and then whether they were done is not known.
  std::optional<std::vector<Reply>> ask(std::vector<Command> commands);
  const std::string& prefix() const { return prefix_; }

  Statistics statistics() const;
  void stop();

 private:
  struct Request {
    Transaction transaction;
    std::vector<Command> commands;  // instead
    std::vector<Reply> replies;
    enum class Result : uint8_t { none, done, failed } result = Result::none;
    bool owed = false;  // failed, but its step is in the backlog
    std::condition_variable turn;
  };
  enum class Commit : uint8_t { done, not_done, in_doubt };

  bool submit(Request& request);
  void lead(std::unique_lock<std::mutex>& lock);
  void finish_round(std::unique_lock<std::mutex>& lock, std::span<Request* const> batch, bool done);

  // Of whoever has the link.
  Commit round(std::span<Transaction* const> transactions, std::span<Request* const> asking);
  Commit commit(std::span<Transaction* const> transactions, std::span<Request* const> asking);
  Result<std::vector<Reply>> send(RedisBatch& batch, std::span<Request* const> asking,
                                  bool wants_turn);
  bool pay_backlog(size_t most);
  Result<std::string> hello();
  std::optional<bool> reconnect();
  void restore();
  void take_alive(const std::string& ids);
  void fail(std::span<Request* const> batch, Commit how);
  void go_away(const std::string& why);

  meters::Outcome without_server(Request& request);
  void keep_connected();
  std::string name(const meters::Address& address) const;
  Command script(const char* source, std::string& sha) const;

  const Options options_;
  const Clock& clock_;
  const GatewayId gateway_;
  const std::string prefix_;
  const std::string gateways_key_, turn_key_;

  mutable std::mutex names_mutex_;
  std::map<std::string, uint32_t, std::less<>> numbers_;
  std::deque<std::string> names_;  // by number

  mutable std::mutex mutex_;
  std::deque<Request*> queue_;
  bool busy_ = false;  // somebody has the link
  bool away_ = true;
  bool stops_ = false;
  std::shared_ptr<meters::MemoryStore> alone_;  // while it is away and this gateway counts alone
  std::condition_variable changed_;             // busy_ or stops_
  Statistics statistics_;

  RedisLink link_;
  SeenCounters seen_;
  std::vector<GatewayId> alive_;
  uint64_t generation_ = 0;  // of the connection
  uint64_t batch_ = 0;
  uint64_t version_ = 0;
  std::optional<uint64_t> in_doubt_;  // a batch
  std::string commit_sha_, hello_sha_;
  std::string trouble_;

  Backlog backlog_;
  std::thread thread_;
};

}  // namespace aipol::stores
