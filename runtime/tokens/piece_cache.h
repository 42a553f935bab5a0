// What short pieces came to: texts repeat their words. A thread has its own; a piece that is not in
// it, or was put out by another, is counted anew.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aipol::tokens {

class PieceCache {
 public:
  static constexpr size_t longest = 14;  // bytes of a piece

  struct Key {
    uint64_t low, high;
  };
  // Of a piece of at most `longest` bytes that ends at or before `end`, in the vocabulary (0 or 1).
  static Key key(std::string_view piece, const char* end, unsigned vocabulary) {
    Key key{};
    std::memcpy(&key, piece.data(), end - piece.data() >= 16 ? 16 : piece.size());
    const Key& mask = masks[piece.size()];
    key.low &= mask.low;
    key.high = (key.high & mask.high) | uint64_t{piece.size() << 1 | vocabulary} << 56;
    return key;
  }

  // 0: not known.
  size_t find(const Key& key) const {
    const Key& slot = slots_[place(key)];
    const bool same = ((slot.low ^ key.low) | ((slot.high ^ key.high) & ~count_bits)) == 0;
    return same ? (slot.high & count_bits) >> count_shift : 0;
  }
  void put(const Key& key, size_t count) {
    slots_[place(key)] = {key.low, key.high | uint64_t{count} << count_shift};
  }

 private:
  static constexpr int size_bits = 14;
  static constexpr int count_shift = 48;  // the byte behind the longest piece
  static constexpr uint64_t count_bits = uint64_t{0xFF} << count_shift;
  static constexpr std::array<Key, longest + 1> masks = [] {
    std::array<Key, longest + 1> out{};
    for (size_t bytes = 1; bytes <= longest; ++bytes) {
      out[bytes].low = bytes < 8 ? (uint64_t{1} << 8 * bytes) - 1 : ~uint64_t{0};
      out[bytes].high = bytes > 8 ? (uint64_t{1} << 8 * (bytes - 8)) - 1 : 0;
    }
    return out;
  }();

  static size_t place(const Key& key) {
    const uint64_t mixed = (key.low ^ key.high * 0xC2B2'AE3D'27D4'EB4F) * 0x9E37'79B9'7F4A'7C15;
    return mixed >> (64 - size_bits);
  }

  std::array<Key, size_t{1} << size_bits> slots_{};
};

}  // namespace aipol::tokens
