// One connection to a Redis server (https://redis.io/docs/reference/protocol-spec/): commands go
// out together, their replies come back together.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/stores/redis_address.h"

struct redisContext;

namespace aipol::stores {

struct Reply {
  enum class Kind : uint8_t { nothing, text, number, list, error } kind = Kind::nothing;
  std::string text;  // of errors too
  int64_t number = 0;
  std::vector<Reply> items;

  bool failed() const { return kind == Kind::error; }
};

using Command = std::vector<std::string>;  // the name and its arguments

// For one thread at a time. The replies of what was sent come within `patience` each, or the
// connection is given up. Where a cluster says that another of its nodes has the keys, it goes
// there; all keys of a link must be in one slot.
class RedisLink {
 public:
  explicit RedisLink(RedisAddress address,
                     std::chrono::milliseconds patience = std::chrono::milliseconds(250));
  ~RedisLink();
  RedisLink(const RedisLink&) = delete;

  const RedisAddress& address() const { return address_; }
  bool connected() const { return context_ != nullptr; }
  // To the node it was at last, else to the address, in that time each. Errors name host and port
  // alone.
  Result<void> connect(std::chrono::milliseconds within = std::chrono::seconds(1));
  void close();

  // A reply for each command. Fails where the connection does; it is closed then, and whether the
  // commands were done is not known.
  Result<std::vector<Reply>> ask(std::span<const Command> commands);

 private:
  Result<void> connect_to(const std::string& host, uint16_t port, std::chrono::milliseconds within);
  Result<void> greet();
  Result<std::vector<Reply>> exchange(std::span<const Command> commands);
  std::unexpected<Error> wrong(std::string_view what) const;

  const RedisAddress address_;
  const std::chrono::milliseconds patience_;
  std::string host_;  // where it is
  uint16_t port_ = 0;
  redisContext* context_ = nullptr;
};

}  // namespace aipol::stores
