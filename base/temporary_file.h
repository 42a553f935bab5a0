// A file beside another one, whose place it takes once it is whole.
#pragma once

#include <string>
#include <string_view>

namespace aipol {

// Gone with the object unless it took the other's place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& beside);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  // False, of any of these: it failed, and `errno` says why.
  bool is_open() const { return descriptor_ >= 0; }
  bool write(std::string_view text);  // to the disk
  bool take_place_of(const std::string& path);

  int descriptor() const { return descriptor_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool placed_ = false;
};

}  // namespace aipol
