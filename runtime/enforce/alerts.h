// Which alerts are due: at most one for each statement and what it is about within its interval.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace aipol::enforce {

struct Alert {
  std::string policy;
  std::string text;
  std::vector<uint32_t> sinks;  // in Deployment::sinks
};

// Many threads may use it.
class Alerts {
 public:
  // Whether the alert is to be sent now, `every` nanoseconds at the soonest after the last one of
  // that origin and subject; notes that it is. `origin` names the statement, whatever the version
  // of the set.
  bool due(const std::string& origin, const std::string& subject, int64_t every, int64_t now);

 private:
  static constexpr size_t most = 100'000;

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, int64_t> silent_until_;
};

}  // namespace aipol::enforce
