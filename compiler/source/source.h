// The texts of a policy set and places in them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aipol::source {

using FileId = uint32_t;

// Bytes [begin, end) of a file.
struct Span {
  FileId file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;

  Span to(Span last) const { return {file, begin, last.end}; }
  bool operator==(const Span&) const = default;
};

struct LineColumn {
  uint32_t line = 1;    // from 1
  uint32_t column = 1;  // from 1, in code points
};

class File {
 public:
  File(std::string path, std::string text, bool builtin);

  const std::string& path() const { return path_; }  // as diagnostics show it
  std::string_view text() const { return text_; }
  bool builtin() const { return builtin_; }  // ships inside the binary (std.*)
  // Puts `*` over [begin, end), so that nothing prints what stands there.
  void hide(uint32_t begin, uint32_t end);
  LineColumn locate(uint32_t offset) const;
  std::string_view line(uint32_t number) const;  // without its line break
  uint32_t line_begin(uint32_t number) const;

 private:
  std::string path_;
  std::string text_;
  bool builtin_;
  std::vector<uint32_t> line_begins_;
};

// All files of one compilation; FileIds index it.
class Files {
 public:
  FileId add(std::string path, std::string text, bool builtin = false);
  const File& operator[](FileId id) const { return files_[id]; }
  void hide(Span span) { files_[span.file].hide(span.begin, span.end); }
  void hide(std::string_view text);  // wherever it stands; too short ones would hide words
  size_t size() const { return files_.size(); }

 private:
  std::deque<File> files_;  // a file never moves: names and spans view its text
};

inline constexpr uint64_t max_file_bytes = 4 << 20;
inline constexpr size_t max_files = 10'000;
inline constexpr size_t shortest_secret = 4;  // shorter ones are hidden in their own place only

// The `.aipol` files under the paths (a file, or a folder read recursively), sorted; an error names
// the path.
Result<std::vector<std::string>> policy_files(const std::vector<std::string>& paths);

// Their texts.
Result<Files> read_policy_set(const std::vector<std::string>& paths);

}  // namespace aipol::source
