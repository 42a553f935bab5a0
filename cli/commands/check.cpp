#include <fmt/format.h>
#include <unistd.h>

#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/diagnostics.h"
#include "compiler/lower/lower.h"
#include "plan/dump.h"

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

Step last_step(const CheckOptions& options) {
  if (options.timings) return Step::jit;
  if (options.dump == "llvm") return Step::lower;
  if (options.dump == "plan") return Step::index;
  if (options.dump == "ast") return Step::parse;
  return Step::plan;
}

// What flows between the steps, the set's own files only.
std::string dump_text(const std::string& what, const Compilation& compilation) {
  if (what == "ir") return compilation.set == nullptr ? "" : ir::dump(*compilation.set, compilation.files);
  if (what == "plan") return plan::dump(compilation.plan, compilation.layout);
  if (what == "llvm") return compilation.lowered ? compiler::text(*compilation.lowered) : "";
  std::string text;
  for (const ast::Tree& tree : compilation.trees) {
    if (!compilation.files[tree.file].builtin()) text += ast::dump(tree);
  }
  return text;
}

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
  fmt::print("{}", diagnostics_text(compilation.diagnostics, compilation.files, options.set.coloured(STDOUT_FILENO)));
  if (!options.dump.empty() || compilation.failed()) return;
  fmt::print("ok: {} policies with {} statements, {} models, {} endpoints\n", compilation.plan.policies.size(),
             compilation.plan.statements.size(), compilation.plan.deployment.models.size(),
             compilation.plan.deployment.endpoints.size());
}

int run_check(const CheckOptions& options) {
  // With --dump llvm and --timings together the module is used up by jit: the dump wins.
  compiler::Wanted wanted{options.dump == "llvm" ? Step::lower : last_step(options), false};
  Result<std::unique_ptr<Compilation>> compilation = compiler::compile(options.set.paths, wanted);
  if (!compilation) return fail(compilation.error().message);
  print_result(options, **compilation);
  if (!options.dump.empty() && (options.dump == "ast" || !(*compilation)->failed())) {
    fmt::print("{}", dump_text(options.dump, **compilation));
  }
  if (options.timings) print_timings(**compilation);
  bool denied = options.deny_warnings && (*compilation)->diagnostics.warnings() > 0;
  return (*compilation)->failed() || denied ? findings : well;
}

}  // namespace

Run add_check(CLI::App& command) {
  auto options = std::make_shared<CheckOptions>();
  options->set.add_to(command);
  options->set.add_format_to(command);
  command.add_option("--dump", options->dump, "print what flows after a step")->check(CLI::IsMember({"ast", "ir", "plan", "llvm"}));
  command.add_flag("--timings", options->timings, "take all steps and print how long each took");
  command.add_flag("--deny-warnings", options->deny_warnings, "exit 1 on warnings too");
  command.footer("Examples:\n  aipol check policies/\n  aipol check policies/ --format json\n  aipol check one.aipol --dump plan");
  return [options] { return run_check(*options); };
}

}  // namespace aipol::cli
