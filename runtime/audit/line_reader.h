// The lines of a log, one at a time, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace aipol::audit {

// Of a line without its break. No record is longer.
inline constexpr size_t longest_line = size_t{96} << 20;

class LineReader {
 public:
  // Fills up to `size` bytes and says how many: 0 at the end, negative where it fails (errno).
  using Source = std::function<long(char* into, size_t size)>;

  explicit LineReader(Source source, size_t longest = longest_line);
  // Of a file that stays open, from `offset` on; or as it comes, where it has no offsets.
  static LineReader of_file(int descriptor, int64_t offset = 0);
  static LineReader of_stream(int descriptor);

  enum class Got : uint8_t {
    line,
    torn,  // what follows the last line break, at least one byte; nothing comes behind it
    end,
    too_long,  // nothing can be read behind it
    failed     // errno says why
  };
  // The view lives until the next call.
  Got next(std::string_view& line);

  uint64_t line_number() const { return number_; }  // of the last one, from 1
  int64_t consumed() const { return consumed_; }    // bytes of whole lines so far

 private:
  bool fill();

  Source source_;
  size_t longest_;
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;  // what is read and not given yet
  size_t searched_ = 0;         // up to here it has no line break
  bool ended_ = false, failed_ = false;
  uint64_t number_ = 0;
  int64_t consumed_ = 0;
};

}  // namespace aipol::audit
