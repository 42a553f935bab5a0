// Sessions in this process's memory.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "runtime/enforce/sessions.h"

namespace aipol::enforce {

// One session as it is kept.
struct Remembered {
  std::set<std::string> tags;
  int64_t turns = 0;
  int64_t last = 0;  // time of the last request
};

// The longest unused are forgotten where there are more than `most` or they take more than
// `most_bytes`.
class MemorySessions final : public Sessions {
 public:
  static constexpr size_t most = 1'000'000;
  static constexpr size_t most_bytes = size_t{512} << 20;

  bool recall(context::Session& session, int64_t now) override;
  void remember(const std::string& id, const std::set<std::string>& tags, int64_t now) override;

  // For those who keep them elsewhere too: from here on changes are noted.
  void note_changes();
  void put(const std::string& id, Remembered session);
  // Calls `of` for each that changed since the last call; null for those that were forgotten.
  using Of = std::function<void(const std::string& id, const Remembered* session)>;
  void take_changes(const Of& of);

 private:
  struct Kept : Remembered {
    size_t bytes = 0;
    bool changed = false;
  };
  using All = std::map<std::string, Kept, std::less<>>;

  void touch(All::iterator at, int64_t now);
  void forget(int64_t now);
  void forget_first();

  std::mutex mutex_;
  All sessions_;
  std::multimap<int64_t, All::iterator> by_last_;
  size_t bytes_ = 0;
  bool notes_ = false;
  std::vector<std::string> changed_, forgotten_;
};

}  // namespace aipol::enforce
