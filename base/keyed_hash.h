// A hash of bytes that outsiders choose: without the secret they cannot find texts that collide.
// SipHash-1-3.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aipol {

class KeyedHash {
 public:
  explicit KeyedHash(const std::array<uint64_t, 2>& secret)
      : a_(secret[0] ^ 0x736f6d6570736575ull),
        b_(secret[1] ^ 0x646f72616e646f6dull),
        c_(secret[0] ^ 0x6c7967656e657261ull),
        d_(secret[1] ^ 0x7465646279746573ull) {}

  uint64_t operator()(std::string_view bytes) {
    size_t size = bytes.size();
    const char* at = bytes.data();
    for (size_t left = size; left >= 8; left -= 8, at += 8) {
      uint64_t word;
      std::memcpy(&word, at, 8);
      add(word);
    }
    uint64_t last = 0;
    if (size & 7) std::memcpy(&last, at, size & 7);
    add(last | uint64_t{size} << 56);
    c_ ^= 0xff;
    for (int i = 0; i < 3; ++i) round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

 private:
  void add(uint64_t word) {
    d_ ^= word;
    round();
    a_ ^= word;
  }
  void round() {
    a_ += b_;
    b_ = std::rotl(b_, 13) ^ a_;
    a_ = std::rotl(a_, 32);
    c_ += d_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ += d_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ += b_;
    b_ = std::rotl(b_, 17) ^ c_;
    c_ = std::rotl(c_, 32);
  }

  uint64_t a_, b_, c_, d_;
};

}  // namespace aipol
