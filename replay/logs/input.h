// The bytes of a log as they were before it was packed: plain, gzip (RFC 1952, several members) or
// Zstandard (RFC 8878, several frames), told apart by their first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace aipol::replay::logs {

// Packed data that grows beyond this many bytes, and beyond this many times what was read of it, is
// taken for a bomb.
inline constexpr size_t expansion_floor = size_t{64} << 20;
inline constexpr size_t expansion_limit = 1000;

class Input {
 public:
  virtual ~Input() = default;

  // `-` is standard input. The errors name the file.
  static Result<std::unique_ptr<Input>> open(const std::string& path);
  // Of a descriptor that stays open; `name` is for errors.
  static Result<std::unique_ptr<Input>> of_descriptor(int descriptor, std::string name);

  // Up to `size` bytes, 0 at the end.
  virtual Result<size_t> read(char* into, size_t size) = 0;

  // Bytes that were taken from the file so far, as they lie there.
  virtual uint64_t consumed() const { return 0; }
};

}  // namespace aipol::replay::logs
