#include "cli/commands/policy_set.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/output/diagnostics.h"

namespace aipol::cli {

void PolicySetOptions::add_to(CLI::App& command) {
  command.add_option("PATH", paths, "policy files, or folders read recursively")
      ->capture_default_str();
}

void PolicySetOptions::add_format_to(CLI::App& command, const std::vector<std::string>& forms) {
  std::vector<std::string> all = {"text"};
  all.insert(all.end(), forms.begin(), forms.end());
  command.add_option("--format", format, "how results are printed")
      ->check(CLI::IsMember(all))
      ->capture_default_str();
  command.add_option("--color", colour, "whether to colour text")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
}

bool PolicySetOptions::coloured(int descriptor) const {
  if (colour != "auto") return colour == "always";
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && isatty(descriptor) == 1;
}

std::expected<std::unique_ptr<compiler::Compilation>, int> compile_or_report(
    const PolicySetOptions& options, compiler::Wanted wanted) {
  wanted.cache = cache_folder();
  return report(options, compiler::compile(options.paths, wanted));
}

std::expected<std::unique_ptr<compiler::Compilation>, int> report(
    const PolicySetOptions& options, Result<std::unique_ptr<compiler::Compilation>> compilation) {
  if (!compilation) return std::unexpected(fail(compilation.error().message));
  const diagnostics::Diagnostics& found = (*compilation)->diagnostics;
  // GitHub reads annotations from either stream; those of results stand on standard output.
  if (options.format == "github")
    fmt::print("{}", diagnostics_github(found, (*compilation)->files));
  else
    fmt::print(stderr, "{}",
               diagnostics_text(found, (*compilation)->files, options.coloured(STDERR_FILENO)));
  if (found.failed()) return std::unexpected(findings);
  return std::move(*compilation);
}

Result<std::shared_ptr<const decision::Program>> program_of(compiler::Compilation& compilation) {
  return decision::Program::load(std::move(compilation.plan), compilation.layout,
                                 stages_of(std::move(compilation.native)));
}

decision::NativeStages stages_of(compiler::NativeCode code) {
  return {std::move(code.stages), std::move(code.values), std::move(code.memory)};
}

std::string folder_of(const std::vector<std::string>& paths) {
  std::filesystem::path path = paths.empty() ? "." : paths.front();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return path.string();
  std::filesystem::path parent = path.parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace aipol::cli
