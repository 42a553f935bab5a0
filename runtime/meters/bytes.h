// How states are written: small numbers in few bytes. Reading takes any bytes: what they can not
// mean makes the reader bad, and all that is read from then on is 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/meters/amount.h"

namespace aipol::meters {

__extension__ typedef unsigned __int128 UnsignedWide;

// Totals are read up to this size either way: adding amounts to them can not overflow.
inline constexpr Wide most_total = Wide{1} << 100;

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  // Seven bits a byte, the lowest first; the highest bit says that more follow.
  void word(UnsignedWide value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void number(int64_t value) {
    word((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
  }
  void wide(Wide value) {
    word((static_cast<UnsignedWide>(value) << 1) ^ static_cast<UnsignedWide>(value >> 127));
  }
  // Times near `base` are short; any is exact.
  void time(int64_t time, int64_t base) {
    number(static_cast<int64_t>(static_cast<uint64_t>(time) - static_cast<uint64_t>(base)));
  }

 private:
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  bool bad() const { return bad_; }
  bool ended() const { return left_.empty(); }
  void fail() {
    bad_ = true;
    left_ = {};
  }

  uint64_t word() { return static_cast<uint64_t>(unsigned_wide(64)); }
  int64_t number() {
    uint64_t folded = word();
    return static_cast<int64_t>((folded >> 1) ^ (~(folded & 1) + 1));
  }
  // Of at most `most` either way.
  Wide wide(Wide most) {
    UnsignedWide folded = unsigned_wide(128);
    Wide value = static_cast<Wide>((folded >> 1) ^ (~(folded & 1) + 1));
    if (value > most || value < -most) fail();
    return bad_ ? 0 : value;
  }
  int64_t time(int64_t base) {
    return static_cast<int64_t>(static_cast<uint64_t>(number()) + static_cast<uint64_t>(base));
  }
  // How many of something follow.
  size_t count(size_t most) {
    uint64_t count = word();
    if (count > most) fail();
    return bad_ ? 0 : count;
  }

  // A size and so many bytes, of those read.
  std::string_view text() {
    size_t size = count(left_.size());
    if (size > left_.size()) fail();
    return take(bad_ ? 0 : size);
  }
  std::string_view take(size_t size) {
    if (size > left_.size()) fail();
    std::string_view taken = left_.substr(0, bad_ ? 0 : size);
    left_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() { return take(left_.size()); }

 private:
  UnsignedWide unsigned_wide(unsigned bits) {
    UnsignedWide value = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
      if (left_.empty()) break;
      auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      UnsignedWide part = byte & 0x7F;
      if (shift + 7 > bits && part >> (bits - shift) != 0) break;
      value |= part << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  std::string_view left_;
  bool bad_ = false;
};

}  // namespace aipol::meters
