#include <fmt/format.h>

#include <filesystem>

#include "cli/commands/command.h"
#include "cli/commands/write_file.h"
#include "embedded/files.h"

namespace aipol::cli {

namespace fs = std::filesystem;

namespace {

// Templates whose names begin with a dot are kept as `dot-github`.
fs::path destination(const fs::path& folder, std::string_view path) {
  fs::path out = folder;
  for (const fs::path& part : fs::path(path)) {
    std::string name = part.string();
    out /= name.starts_with("dot-") ? "." + name.substr(4) : name;
  }
  return out;
}

int run_init(const fs::path& folder) {
  for (const embedded::File& file : embedded::templates()) {
    fs::path path = destination(folder, file.path);
    if (fs::exists(path))
      return fail(fmt::format("{}: exists already; nothing was written", path.string()));
  }
  for (const embedded::File& file : embedded::templates()) {
    fs::path path = destination(folder, file.path);
    Result<void> written = write_file(path, file.text);
    if (!written) return fail(written.error().message);
    fmt::print("{}\n", path.string());
  }
  return well;
}

}  // namespace

Run add_init(CLI::App& command) {
  auto folder = std::make_shared<std::string>(".");
  command.add_option("DIR", *folder, "the folder of the new project")->capture_default_str();
  command.footer("Example:\n  aipol init policies && aipol test policies");
  return [folder] { return run_init(*folder); };
}

}  // namespace aipol::cli
