// What is remembered of conversations: their tags and how many requests they had.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "runtime/context/call.h"

namespace aipol::enforce {

// Many threads may use it. A session that was not used for `kept_for` is forgotten; so are the
// longest unused where there are more than `most`.
class Sessions {
 public:
  static constexpr int64_t kept_for = 24LL * 3600 * 1'000'000'000;
  static constexpr size_t most = 1'000'000;

  // Adds what is remembered of the session to what the call bears. Nothing without an id.
  void recall(context::Session& session, int64_t now);
  // One request more, and tags that policies gave it.
  void remember(const std::string& id, const std::set<std::string>& tags, int64_t now);

 private:
  struct Kept {
    std::set<std::string> tags;
    int64_t turns = 0;
    int64_t last = 0;
  };
  void forget(int64_t now);

  std::mutex mutex_;
  std::map<std::string, Kept, std::less<>> sessions_;
  std::multimap<int64_t, std::string> by_last_;
};

}  // namespace aipol::enforce
