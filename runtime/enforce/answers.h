// Answers that are kept to be served again, as the upstream gave them.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime/context/call.h"

namespace aipol::enforce {

// Where they lie. Many threads may use it.
class Answers {
 public:
  virtual ~Answers() = default;
  // The answer under the key that is younger than `age` nanoseconds, or null.
  virtual std::shared_ptr<const context::Response> find(std::string_view key, int64_t age,
                                                        int64_t now) = 0;
  // In the place of what was kept under the key. An answer that has no room is not kept.
  virtual void keep(std::string key, context::Response answer, int64_t now) = 0;
};

// In memory, within a bound: the longest unused make room.
class MemoryAnswers final : public Answers {
 public:
  static constexpr size_t most_by_default = 64 << 20;

  explicit MemoryAnswers(size_t most_bytes = most_by_default) : most_(most_bytes) {}
  std::shared_ptr<const context::Response> find(std::string_view key, int64_t age,
                                                int64_t now) override;
  void keep(std::string key, context::Response answer, int64_t now) override;
  size_t bytes() const;

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const context::Response> answer;
    int64_t since = 0;
    size_t bytes = 0;
  };
  using Place = std::list<Kept>::iterator;
  void drop(Place place);

  const size_t most_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // the latest used first
  std::unordered_map<std::string_view, Place> by_key_;
  size_t bytes_ = 0;
};

}  // namespace aipol::enforce
