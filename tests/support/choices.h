// Random choices for generators, from a seed or from a fuzzer's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aipol::testing {

class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed) {}
  // When the bytes run out every choice is the first.
  explicit Choices(std::span<const uint8_t> bytes) : bytes_(bytes), from_bytes_(true) {}

  // 0 to n - 1; n is not zero.
  uint32_t below(uint32_t n) { return n == 1 ? 0 : static_cast<uint32_t>(next() % n); }
  bool one_in(uint32_t n) { return below(n) == n - 1; }
  uint64_t bits() { return next() << 32 ^ next(); }
  template <class T>
  const T& of(std::span<const T> all) {
    return all[below(static_cast<uint32_t>(all.size()))];
  }

 private:
  uint64_t next() {
    if (from_bytes_) {
      if (at_ == bytes_.size()) return 0;
      return bytes_[at_++];
    }
    uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return (z ^ z >> 31) >> 8;
  }

  uint64_t state_ = 0;
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  bool from_bytes_ = false;
};

}  // namespace aipol::testing
