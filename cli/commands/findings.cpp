#include "cli/commands/findings.h"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/command.h"
#include "cli/output/diagnostics.h"

namespace aipol::cli {

void FindingsOptions::add_to(CLI::App& command) {
  set.add_to(command);
  set.add_format_to(command, diagnostics_formats());
  command.add_flag("--fix", fix, "change the files where what is meant is certain");
  command.add_flag("--dry-run", dry_run, "print what --fix would change, as a diff");
  command.add_flag("--deny-warnings", deny_warnings, "exit 1 on warnings too");
}

Result<Fixed> compile_as_asked(const FindingsOptions& options, compiler::Wanted wanted) {
  if (!options.fix && !options.dry_run) {
    auto compilation = compiler::compile(options.set.paths, wanted);
    if (!compilation) return std::unexpected(compilation.error());
    return Fixed{std::move(*compilation), {}};
  }
  Result<Fixed> fixed = compile_and_fix(options.set.paths, wanted);
  if (!fixed) return fixed;
  if (options.dry_run) {
    fmt::print("{}", fixes_diff(*fixed));
  } else if (Result<void> written = write_fixes(*fixed); !written) {
    return std::unexpected(written.error());
  }
  std::fflush(stdout);  // the diff first, where both go to one place
  fmt::print(stderr, "{}", fixes_text(*fixed, options.dry_run));
  return fixed;
}

void print_findings(const FindingsOptions& options, const compiler::Compilation& compilation) {
  const diagnostics::Diagnostics& found = compilation.diagnostics;
  // Of a dry run standard output is the diff alone, so that it can be applied.
  std::FILE* out = options.dry_run ? stderr : stdout;
  if (options.set.format == "text") {
    fmt::print(out, "{}",
               diagnostics_text(found, compilation.files, options.set.coloured(fileno(out))));
  } else {
    fmt::print(out, "{}", diagnostics_in(options.set.format, found, compilation.files));
  }
}

int status_of(const FindingsOptions& options, const Fixed& fixed) {
  bool denied = options.deny_warnings && fixed.compilation->diagnostics.warnings() > 0;
  bool held_back = options.dry_run && !fixed.files.empty();
  return fixed.compilation->failed() || denied || held_back ? findings : well;
}

}  // namespace aipol::cli
