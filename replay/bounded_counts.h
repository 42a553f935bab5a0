// Sums by a name of which records can bear any number. At most so many names are kept, the same
// whichever way the sums come together: those whose hashes are smallest; what belongs to the others
// is one sum.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/text_hash.h"

namespace aipol::replay {

template <class Sum>
class BoundedCounts {
 public:
  static constexpr size_t most = 10'000;

  Sum& at(std::string_view name) {
    uint64_t hash = text_hash(name);
    auto found = kept_.find(std::pair<uint64_t, std::string_view>(hash, name));
    if (found != kept_.end()) return found->second;
    if (full(hash)) return others_;
    Name made(hash, name);
    if (kept_.size() == most) {
      if (kept_.key_comp()(kept_.rbegin()->first, made)) {
        drop(hash);
        return others_;
      }
      drop_last();
    }
    return kept_.try_emplace(std::move(made)).first->second;
  }

  void merge(const BoundedCounts& other) {
    others_ += other.others_;
    if (other.dropped_) {
      dropped_ = true;
      least_dropped_ = std::min(least_dropped_, other.least_dropped_);
      while (!kept_.empty() && kept_.rbegin()->first.first >= least_dropped_) drop_last();
    }
    for (const auto& [name, sum] : other.kept_) at(name.second) += sum;
  }

  // By hash and name.
  const auto& kept() const { return kept_; }
  const Sum& others() const { return others_; }
  // As it was written: after all that was kept. What was dropped stood behind that.
  void add_others(const Sum& sum) {
    others_ += sum;
    drop(kept_.empty() ? 0 : kept_.rbegin()->first.first + 1);
  }
  bool dropped() const { return dropped_; }

 private:
  using Name = std::pair<uint64_t, std::string>;
  struct Less {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const {
      if (a.first != b.first) return a.first < b.first;
      return std::string_view(a.second) < std::string_view(b.second);
    }
  };

  void drop(uint64_t hash) {
    dropped_ = true;
    least_dropped_ = std::min(least_dropped_, hash);
  }
  bool full(uint64_t hash) const { return dropped_ && hash >= least_dropped_; }
  void drop_last() {
    auto last = std::prev(kept_.end());
    drop(last->first.first);
    others_ += last->second;
    kept_.erase(last);
  }

  std::map<Name, Sum, Less> kept_;
  Sum others_{};
  bool dropped_ = false;
  uint64_t least_dropped_ = ~uint64_t{0};
};

}  // namespace aipol::replay
