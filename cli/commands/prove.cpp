#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/proofs.h"

namespace aipol::cli {

namespace {

int run_prove(const PolicySetOptions& options) {
  auto compilation = compiler::compile(
      options.paths, {.last = compiler::Step::prove, .tests = false, .proofs = true});
  if (!compilation) return fail(compilation.error().message);
  fmt::print("{}", options.json() ? proofs_json(**compilation)
                                  : proofs_text(**compilation, options.coloured(STDOUT_FILENO)));
  return (*compilation)->failed() ? findings : well;
}

}  // namespace

Run add_prove(CLI::App& command) {
  auto options = std::make_shared<PolicySetOptions>();
  options->add_to(command);
  options->add_format_to(command);
  command.footer("Examples:\n  aipol prove policies/\n  aipol prove policies/ --format json");
  return [options] { return run_prove(*options); };
}

}  // namespace aipol::cli
