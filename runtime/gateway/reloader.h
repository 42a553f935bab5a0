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

// Of the sets' files, and with what the one in force read besides.
inline uint64_t stamp_of(const Policies& policies, const Policies* shadow) {
  return policies.stamp() * 31 + (shadow == nullptr ? 0 : shadow->stamp());
}
inline uint64_t stamp_of(uint64_t files, const Service& service) {
  return files * 31 + service.stamp();
}

class Reloader {
 public:
  static constexpr std::chrono::milliseconds between_looks{500};

  struct Hooks {
    std::function<std::shared_ptr<const Service>()> current;
    std::function<void(std::shared_ptr<const Service>)> adopt;
    std::function<void(std::string)> tell;
  };

  struct Sets {
    Policies& served;
    Policies* shadow;  // null: there is none
  };
  // What loads left to be done; may be null.
  struct Afterwards {
    std::function<void()> of_served, of_shadow;
  };

  // `sets` and `lasting` must outlive it. `seen` is the stamp of the set in force, with what it
  // read (stamp_of); `afterwards` what is left to be done for it.
  Reloader(Sets sets, ServiceOptions options, Lasting& lasting, Hooks hooks);
  ~Reloader();
  Reloader(const Reloader&) = delete;

  void start(uint64_t seen, Afterwards afterwards);
  void ask();  // for another load, whether or not files changed

 private:
  void run(Afterwards afterwards);
  void do_afterwards(Afterwards afterwards);
  bool wait(uint64_t& seen);
  void reload();
  std::function<void()> reload_shadow();
  uint64_t stamp() const;

  Sets sets_;
  ServiceOptions options_;
  Lasting& lasting_;
  Hooks hooks_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool asked_ = false, stopping_ = false;
  uint64_t seen_ = 0, seen_shadow_ = 0;
  std::jthread background_;  // what a load left to be done; may be slow, and of low priority
  std::jthread thread_;
};

}  // namespace aipol::gateway
