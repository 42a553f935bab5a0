#include "plan/plan.h"

#include <fmt/format.h>

namespace aipol::plan {

std::string Source::name() const {
  if (key.empty()) return path;
  return path == "request.body" ? fmt::format("{}[\"{}\"]", path, key)
                                : fmt::format("{}(\"{}\")", path, key);
}

}  // namespace aipol::plan
