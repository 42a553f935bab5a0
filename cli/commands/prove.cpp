#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/invariants.h"
#include "cli/output/proofs.h"

namespace aipol::cli {

namespace {

int run_prove(const PolicySetOptions& options) {
  auto compilation = compiler::compile(
      options.paths, {.last = compiler::Step::prove, .proofs = true, .invariants = true});
  if (!compilation) return fail(compilation.error().message);
  auto judged = invariants::judge(**compilation, folder_of(options.paths), cache_folder());
  if (!judged) return fail(judged.error().message);
  bool colour = options.coloured(STDOUT_FILENO);
  fmt::print("{}", options.json() ? proofs_json(**compilation, *judged)
                                  : proofs_text(**compilation, *judged, colour));
  return (*compilation)->failed() || !all_proved(*judged) ? findings : well;
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
