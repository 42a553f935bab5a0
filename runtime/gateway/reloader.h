// Loads the policy set again when its files change or somebody asks, on a thread of its own. A set
// that can not be loaded is refused and told about; the one in force stays.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "runtime/gateway/gateway.h"
#include "runtime/gateway/service.h"

namespace aipol::gateway {

inline uint64_t stamp_of(uint64_t policies, const Service& service) {
  return policies * 31 + service.stamp();
}

class Reloader {
 public:
  static constexpr std::chrono::milliseconds between_looks{500};

  struct Hooks {
    std::function<std::shared_ptr<const Service>()> current;
    std::function<void(std::shared_ptr<const Service>)> adopt;
    std::function<void(std::string)> tell;
  };

  // `policies` and `lasting` must outlive it. `seen` is the stamp of the set in force, with what it
  // read (stamp_of); `afterwards` what is left to be done for it.
  Reloader(Policies& policies, ServiceOptions options, Lasting& lasting, Hooks hooks);
  ~Reloader();
  Reloader(const Reloader&) = delete;

  void start(uint64_t seen, std::function<void()> afterwards);
  void ask();  // for another load, whether or not files changed

 private:
  void run(std::function<void()> afterwards);
  bool wait(uint64_t& seen);
  void reload();
  uint64_t stamp() const;

  Policies& policies_;
  ServiceOptions options_;
  Lasting& lasting_;
  Hooks hooks_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool asked_ = false, stopping_ = false;
  uint64_t seen_ = 0;
  std::jthread background_;  // what a load left to be done; may be slow, and of low priority
  std::jthread thread_;
};

}  // namespace aipol::gateway
