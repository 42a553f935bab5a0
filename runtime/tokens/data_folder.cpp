#include "runtime/tokens/data_folder.h"

#include <cstdlib>
#include <system_error>

namespace aipol::tokens {

std::filesystem::path data_folder(std::string_view file) {
  namespace fs = std::filesystem;
  if (const char* folder = std::getenv("AIPOL_DATA"); folder != nullptr && *folder != '\0')
    return folder;
  std::error_code error;
  const fs::path root = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
  const fs::path installed = root / "share/aipol", built = root / "data";
  return !fs::exists(installed / file, error) && fs::exists(built / file, error) ? built
                                                                                 : installed;
}

}  // namespace aipol::tokens
