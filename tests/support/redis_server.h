// A Redis server of a test's own, on a free port of the loopback.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace aipol::testing {

class RedisServer {
 public:
  // Without it, tests skip what needs it: `no_redis` in needs_redis.h.
  static bool installed();

  // With nothing on disk unless `settings` say otherwise ("--appendonly", "yes").
  explicit RedisServer(std::vector<std::string> settings = {});
  RedisServer(const RedisServer&) = delete;
  ~RedisServer();

  // On the same port and folder as before; returns when it answers.
  void start();
  void kill();              // SIGKILL
  void pause(bool paused);  // SIGSTOP, SIGCONT
  uint16_t port() const { return port_; }
  std::string address(const std::string& credentials = "") const;
  // The reply to a command in one line, as redis-cli prints it.
  std::string ask(const std::vector<std::string>& command) const;

 private:
  std::filesystem::path folder_;
  std::vector<std::string> settings_;
  uint16_t port_ = 0;
  int process_ = -1;
};

}  // namespace aipol::testing
