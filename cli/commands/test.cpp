#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/invariants.h"
#include "cli/output/tests.h"
#include "stdlib/native/glob.h"
#include "testing/run_tests.h"

namespace aipol::cli {

namespace {

struct TestOptions {
  PolicySetOptions set;
  std::string filter;
  bool fail_on_empty = false;
};

int run_test(const TestOptions& options) {
  auto compilation = compile_or_report(
      options.set,
      {.last = compiler::Step::jit, .tests = true, .proofs = true, .invariants = true});
  if (!compilation) return compilation.error();
  std::string folder = folder_of(options.set.paths);
  auto judged = invariants::judge(**compilation, folder, cache_folder());
  if (!judged) return fail(judged.error().message);
  std::vector<plan::Test> tests = std::move((*compilation)->tests);
  if (!options.filter.empty()) {
    native::Glob glob(options.filter);
    auto unwanted = [&](const auto& one) { return !glob.matches(one.name); };
    std::erase_if(tests, unwanted);
    std::erase_if(*judged, unwanted);
  }
  auto program = program_of(**compilation);
  if (!program) return fail(program.error().message);
  auto assets = enforce::load_assets((*program)->plan(), folder);
  if (!assets) return fail(assets.error().message);
  std::vector<testing::Result> results = testing::run_tests(*program, *assets, tests);
  bool colour = options.set.coloured(STDOUT_FILENO);
  fmt::print("{}", options.set.json() ? tests_json(results, *judged)
                                      : tests_text(results, *judged, colour));
  bool failed = std::ranges::any_of(results, [](const testing::Result& r) {
    return r.status != testing::Result::Status::passed;
  });
  if (failed || !all_proved(*judged)) return findings;
  if (results.empty() && judged->empty() && options.fail_on_empty) {
    fmt::print(stderr, "aipol: no test ran\n");
    return findings;
  }
  return well;
}

}  // namespace

Run add_test(CLI::App& command) {
  auto options = std::make_shared<TestOptions>();
  options->set.add_to(command);
  options->set.add_format_to(command);
  command.add_option("--filter", options->filter, "run only the tests whose names match this glob");
  command.add_flag("--fail-on-empty", options->fail_on_empty, "exit 1 where no test ran");
  command.footer(
      "Examples:\n  aipol test policies/\n  aipol test policies/ --filter 'the risk model*' "
      "--format json");
  return [options] { return run_test(*options); };
}

}  // namespace aipol::cli
