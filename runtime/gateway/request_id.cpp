#include "runtime/gateway/request_id.h"

#include <algorithm>
#include <random>

namespace aipol::gateway {

RequestIds::RequestIds() {
  std::random_device random;
  high_ = uint64_t{random()} << 32 | random();
  low_ = uint64_t{random()} << 32 | random();
}

// splitmix64
uint64_t RequestIds::mixed() {
  uint64_t x = low_ += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

void RequestIds::next(std::string& out) {
  constexpr char digits[] = "0123456789abcdef";
  out.resize(32);
  uint64_t halves[2] = {high_, mixed()};
  for (size_t i = 0; i < 32; ++i) out[i] = digits[halves[i / 16] >> (60 - 4 * (i % 16)) & 15];
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace aipol::gateway
