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

struct InitOptions {
  std::string folder = ".";
  std::string ci = "github";
};

// Workflows of another CI than the one asked for are left out.
bool wanted(std::string_view path, std::string_view ci) {
  constexpr std::pair<std::string_view, std::string_view> workflows[] = {
      {"dot-github/", "github"}, {"dot-gitlab-ci.yml", "gitlab"}};
  for (auto [beginning, of] : workflows) {
    if (path.starts_with(beginning)) return ci == of;
  }
  return true;
}

int run_init(const InitOptions& options) {
  std::vector<std::pair<fs::path, std::string_view>> files;
  for (const embedded::File& file : embedded::templates()) {
    if (!wanted(file.path, options.ci)) continue;
    files.emplace_back(destination(options.folder, file.path), file.text);
    if (fs::exists(files.back().first))
      return fail(
          fmt::format("{}: exists already; nothing was written", files.back().first.string()));
  }
  for (const auto& [path, text] : files) {
    Result<void> written = write_file(path, text);
    if (!written) return fail(written.error().message);
    fmt::print("{}\n", path.string());
  }
  return well;
}

}  // namespace

Run add_init(CLI::App& command) {
  auto options = std::make_shared<InitOptions>();
  command.add_option("DIR", options->folder, "the folder of the new project")
      ->capture_default_str();
  command.add_option("--ci", options->ci, "whose CI workflow is written")
      ->check(CLI::IsMember({"github", "gitlab", "none"}))
      ->capture_default_str();
  command.footer("Example:\n  aipol init policies && aipol test policies");
  return [options] { return run_init(*options); };
}

}  // namespace aipol::cli
