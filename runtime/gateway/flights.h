// Calls that want the same answer at the same time: one goes to the provider, the others wait for
// what it brings into the cache.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace aipol::gateway {

// Any thread.
class Flights {
 public:
  // True: nobody is under way for the key; the caller is now, until it lands. False: `landed` is
  // called once, by another thread perhaps, when the one that is under way has landed.
  bool take_off(const std::string& key, std::function<void()> landed) {
    const std::lock_guard lock(mutex_);
    auto [at, first] = waiting_.try_emplace(key);
    if (!first) at->second.push_back(std::move(landed));
    return first;
  }
  void land(const std::string& key) {
    std::vector<std::function<void()>> waiting;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiting_.find(key);
      if (found == waiting_.end()) return;
      waiting = std::move(found->second);
      waiting_.erase(found);
    }
    for (const auto& landed : waiting) landed();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::function<void()>>> waiting_;
};

}  // namespace aipol::gateway
