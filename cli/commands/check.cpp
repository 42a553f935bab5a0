#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/diagnostics.h"
#include "compiler/dump.h"

namespace aipol::cli {

namespace {

using compiler::Compilation;
using compiler::Step;

struct CheckOptions {
  PolicySetOptions set;
  std::string dump;
  bool timings = false;
  bool deny_warnings = false;
};

void print_timings(const Compilation& compilation) {
  std::chrono::nanoseconds total{};
  for (const compiler::Timing& timing : compilation.timings) {
    total += timing.took;
    fmt::print(stderr, "{:>8} {:9.2f} ms\n", compiler::step_names[static_cast<size_t>(timing.step)],
               static_cast<double>(timing.took.count()) / 1e6);
  }
  fmt::print(stderr, "{:>8} {:9.2f} ms\n", "total", static_cast<double>(total.count()) / 1e6);
}

void print_result(const CheckOptions& options, const Compilation& compilation) {
  if (options.set.json()) {
    fmt::print("{}", diagnostics_json(compilation.diagnostics, compilation.files));
    return;
  }
  fmt::print("{}", diagnostics_text(compilation.diagnostics, compilation.files,
                                    options.set.coloured(STDOUT_FILENO)));
  if (!options.dump.empty() || compilation.failed()) return;
  fmt::print("ok: {} policies with {} statements, {} models, {} endpoints\n",
             compilation.plan.policies.size(), compilation.plan.statements.size(),
             compilation.plan.deployment.models.size(),
             compilation.plan.deployment.endpoints.size());
}

int run_check(const CheckOptions& options) {
  const compiler::Dump* dump = compiler::find_dump(options.dump);
  // A dump looks at what the next step would use up, so that it ends there.
  Step last = dump != nullptr ? dump->made_by : options.timings ? Step::jit : Step::plan;
  Result<std::unique_ptr<Compilation>> compilation =
      compiler::compile(options.set.paths, {last, false});
  if (!compilation) return fail(compilation.error().message);
  print_result(options, **compilation);
  bool whole = !(*compilation)->failed() || last == Step::parse;  // a broken tree is worth seeing
  if (dump != nullptr && whole) fmt::print("{}", dump->text(**compilation));
  if (options.timings) print_timings(**compilation);
  bool denied = options.deny_warnings && (*compilation)->diagnostics.warnings() > 0;
  return (*compilation)->failed() || denied ? findings : well;
}

}  // namespace

Run add_check(CLI::App& command) {
  auto options = std::make_shared<CheckOptions>();
  options->set.add_to(command);
  options->set.add_format_to(command);
  command.add_option("--dump", options->dump, "print what flows after a step")
      ->check(CLI::IsMember({"ast", "ir", "plan", "llvm"}));
  command.add_flag("--timings", options->timings, "take all steps and print how long each took");
  command.add_flag("--deny-warnings", options->deny_warnings, "exit 1 on warnings too");
  command.footer(
      "Examples:\n  aipol check policies/\n  aipol check policies/ --format json\n  aipol check "
      "one.aipol --dump plan");
  return [options] { return run_check(*options); };
}

}  // namespace aipol::cli
