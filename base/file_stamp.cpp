#include "base/file_stamp.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text_hash.h"

namespace aipol {

uint64_t file_stamp(const std::filesystem::path& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return text_hash(path.native() + " is missing");
  return text_hash(fmt::format("{} {} {} {} {} {} {} {}", path.native(), found.st_dev, found.st_ino,
                               found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec,
                               found.st_ctim.tv_sec, found.st_ctim.tv_nsec));
}

}  // namespace aipol
