// How long a model's answers usually are: what is reserved for those whose length the client does
// not bound.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace aipol::gateway {

// Any thread. Tokens, by model.
class UsualAnswers {
 public:
  static constexpr int64_t at_first = 512;

  explicit UsualAnswers(size_t models) : tokens_(new std::atomic<int64_t>[models]) {
    for (size_t i = 0; i < models; ++i) tokens_[i] = at_first;
  }
  int64_t of(uint32_t model) const { return tokens_[model].load(std::memory_order_relaxed); }
  // A moving average: late answers weigh more. Threads that come together may lose one.
  void note(uint32_t model, int64_t tokens) {
    const int64_t before = of(model);
    const int64_t step = (tokens - before) / 16;
    const int64_t least = tokens > before ? 1 : tokens < before ? -1 : 0;
    tokens_[model].store(before + (step != 0 ? step : least), std::memory_order_relaxed);
  }

 private:
  std::unique_ptr<std::atomic<int64_t>[]> tokens_;
};

}  // namespace aipol::gateway
