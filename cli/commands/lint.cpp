#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/commands/findings.h"

namespace aipol::cli {

namespace {

int run_lint(const FindingsOptions& options) {
  Result<Fixed> fixed = compile_as_asked(options, {.last = compiler::Step::plan, .lint = true});
  if (!fixed) return fail(fixed.error().message);
  const compiler::Compilation& compilation = *fixed->compilation;
  print_findings(options, compilation);
  bool clean = compilation.diagnostics.errors() + compilation.diagnostics.warnings() == 0;
  if (clean && options.set.format == "text" && !options.dry_run)
    fmt::print("ok: nothing to say about {} policies\n", compilation.plan.policies.size());
  return status_of(options, *fixed);
}

}  // namespace

Run add_lint(CLI::App& command) {
  auto options = std::make_shared<FindingsOptions>();
  options->add_to(command);
  command.footer(
      "A comment silences a lint on its line or the next: // aipol: allow(unused-use) why\n\n"
      "Examples:\n  aipol lint policies/\n  aipol lint policies/ --deny-warnings\n"
      "  aipol lint policies/ --fix --dry-run\n  aipol explain unused-declaration");
  return [options] { return run_lint(*options); };
}

}  // namespace aipol::cli
