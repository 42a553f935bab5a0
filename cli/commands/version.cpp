#include <fmt/format.h>

#include "cli/commands/command.h"
#include "embedded/files.h"

namespace aipol::cli {

std::string version_text() {
  return fmt::format("aipol {} (LLVM {})", embedded::version(), embedded::llvm_version());
}

Run add_version(CLI::App&) {
  return [] {
    fmt::print("{}\n", version_text());
    return well;
  };
}

int fail(std::string_view message) {
  fmt::print(stderr, "aipol: {}\n", message);
  return unusable;
}

}  // namespace aipol::cli
