// Any bytes as a request target: a path that is given out is one, and reading it again gives the
// same.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "runtime/context/path.h"

using namespace aipol;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool has_dots(std::string_view path) {
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '/') continue;
    const std::string_view segment = path.substr(i + 1, path.find('/', i + 1) - i - 1);
    if (segment == "." || segment == ".." || (segment.empty() && i + 1 < path.size())) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto target = context::read_target({reinterpret_cast<const char*>(data), size});
  if (!target || target->path == "*") return 0;
  require(target->path.starts_with('/'));
  require(!has_dots(target->path));
  require(!first_invalid_utf8(target->path));
  for (const char c : target->path) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  const auto again = context::read_target(context::escape_path(target->path));
  require(again && again->path == target->path);
  return 0;
}
