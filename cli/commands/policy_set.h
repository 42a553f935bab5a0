// What the commands share: the paths of a policy set, the form of results, and loading it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "compiler/compile.h"
#include "runtime/decision/program.h"

namespace aipol::cli {

struct PolicySetOptions {
  std::vector<std::string> paths = {"."};
  std::string format = "text";
  std::string colour = "auto";

  void add_to(CLI::App& command);  // PATH…
  // --format text or one of those given, --color
  void add_format_to(CLI::App& command, const std::vector<std::string>& forms = {"json"});
  bool json() const { return format == "json"; }
  bool coloured(int descriptor) const;  // a terminal, unless told otherwise by --color or NO_COLOR
};

// The steps up to `wanted`. Diagnostics and failures are printed to stderr (for GitHub to stdout,
// as annotations); then the exit status is returned instead.
std::expected<std::unique_ptr<compiler::Compilation>, int> compile_or_report(
    const PolicySetOptions& options, compiler::Wanted wanted);

// The same of a compilation that was made already.
std::expected<std::unique_ptr<compiler::Compilation>, int> report(
    const PolicySetOptions& options, Result<std::unique_ptr<compiler::Compilation>> compilation);

// Native code ready to decide; takes plan, layout and code out of the compilation.
Result<std::shared_ptr<const decision::Program>> program_of(compiler::Compilation& compilation);

// Compiled code as the runtime takes it.
decision::NativeStages stages_of(compiler::NativeCode code);

// The folder that relative paths of a policy set begin at: the first path, or its folder.
std::string folder_of(const std::vector<std::string>& paths);

}  // namespace aipol::cli
