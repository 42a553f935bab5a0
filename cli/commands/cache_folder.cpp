#include "cli/commands/cache_folder.h"

#include <cstdlib>
#include <string_view>

namespace aipol::cli {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

std::string cache_folder() {
  if (auto chosen = variable("AIPOL_CACHE"); !chosen.empty())
    return chosen == "off" ? "" : std::string(chosen);
  // A relative path there is to be ignored, says its specification.
  if (auto caches = variable("XDG_CACHE_HOME"); caches.starts_with('/'))
    return std::string(caches) + "/aipol";
  if (auto home = variable("HOME"); home.starts_with('/'))
    return std::string(home) + "/.cache/aipol";
  return "";
}

}  // namespace aipol::cli
