#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/findings.h"
#include "compiler/dump.h"

namespace aipol::cli {

namespace {

using compiler::Compilation;
using compiler::Step;

struct CheckOptions : FindingsOptions {
  std::string dump;
  bool timings = false;
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
  print_findings(options, compilation);
  bool told = options.set.format != "text" || options.dry_run || !options.dump.empty();
  if (told || compilation.failed()) return;
  fmt::print("ok: {} policies with {} statements, {} models, {} endpoints\n",
             compilation.plan.policies.size(), compilation.plan.statements.size(),
             compilation.plan.deployment.models.size(),
             compilation.plan.deployment.endpoints.size());
}

int run_check(const CheckOptions& options) {
  const compiler::Dump* dump = compiler::find_dump(options.dump);
  // A dump looks at what the next step would use up, so that it ends there.
  Step last = dump != nullptr ? dump->made_by : options.timings ? Step::jit : Step::prove;
  Result<Fixed> fixed = compile_as_asked(options, {.last = last, .tests = false, .proofs = true, .cache = cache_folder()});
  if (!fixed) return fail(fixed.error().message);
  const Compilation& compilation = *fixed->compilation;
  print_result(options, compilation);
  bool whole = !compilation.failed() || last == Step::parse;  // a broken tree is worth seeing
  if (dump != nullptr && whole) fmt::print("{}", dump->text(compilation));
  if (options.timings) print_timings(compilation);
  return status_of(options, *fixed);
}

}  // namespace

Run add_check(CLI::App& command) {
  auto options = std::make_shared<CheckOptions>();
  options->add_to(command);
  command.add_option("--dump", options->dump, "print what flows after a step")
      ->check(CLI::IsMember({"ast", "ir", "plan", "llvm"}));
  command.add_flag("--timings", options->timings, "take all steps and print how long each took");
  command.footer(
      "Examples:\n  aipol check policies/\n  aipol check policies/ --format sarif > aipol.sarif\n"
      "  aipol check policies/ --fix --dry-run\n  aipol check one.aipol --dump plan");
  return [options] { return run_check(*options); };
}

}  // namespace aipol::cli
