// The chain of a sink's records. A record that was submitted as {…} is written as the line
//   {"seq":7,"prev":"HASH OF RECORD 6",…,"hash":"HASH"}
// HASH is SHA-256 in 64 hexadecimal digits over all bytes of the line before `,"hash":`, so it
// covers everything before it, too. The first record has seq 1 and 64 zeros as `prev`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace aipol::audit {

inline constexpr size_t hash_digits = 64;
using Hash = std::array<char, hash_digits>;  // lower-case hexadecimal digits

inline std::string_view text_of(const Hash& hash) { return {hash.data(), hash.size()}; }
// Of 64 lower-case hexadecimal digits.
std::optional<Hash> parse_hash(std::string_view text);

// A place in a chain: a record, or with seq 0 what is before the first.
struct Link {
  uint64_t seq = 0;
  Hash hash = zeros();
  bool operator==(const Link&) const = default;

  static constexpr Hash zeros() {
    Hash hash{};
    hash.fill('0');
    return hash;
  }
};

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Hash operator()(std::string_view bytes);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

class Chain {
 public:
  // By how many bytes a line is longer than its record at most.
  static constexpr size_t most_added = 200;

  explicit Chain(Link last = {}) : last_(last) {}

  // Appends the line of the next record, with its line break. `record` is an object with at least
  // one member.
  void append(std::string& out, std::string_view record);
  const Link& last() const { return last_; }

 private:
  Link last_;
  Sha256 sha256_;
};

// A line of a chain, taken apart. Views of the line.
struct Frame {
  uint64_t seq = 0;
  Hash prev, hash;
  std::string_view hashed;  // what the hash is of
};

// Without line break. Nothing where the line has not exactly the form above; whether the hash is
// right is not looked at, nor what is between.
std::optional<Frame> read_frame(std::string_view line);

}  // namespace aipol::audit
