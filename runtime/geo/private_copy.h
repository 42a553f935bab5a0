// A file's bytes as they are now, behind a path that nobody else can change.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"

namespace aipol::geo {

// libmaxminddb maps files into memory: if one is cut off under it, the process dies. So it gets a
// copy that lies in memory alone and ends with this object.
class PrivateCopy {
 public:
  // The error names the file.
  static Result<std::unique_ptr<const PrivateCopy>> of(const std::filesystem::path& file,
                                                       size_t largest);
  ~PrivateCopy();
  PrivateCopy(const PrivateCopy&) = delete;
  PrivateCopy& operator=(const PrivateCopy&) = delete;

  std::string path() const;  // for this process

 private:
  explicit PrivateCopy(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace aipol::geo
