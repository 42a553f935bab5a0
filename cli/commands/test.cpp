#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "cli/commands/command.h"
#include "cli/commands/test_set.h"
#include "cli/commands/watch.h"
#include "cli/output/tests.h"
#include "mutation/mutant.h"
#include "testing/run_tests.h"

namespace aipol::cli {

namespace {

constexpr size_t most_crashes = 20;

// The tests run in a child process. Where it crashes they run again without the test that did it,
// which has failed; what ran beside others when it crashed is run alone to find out.
int run_guarded(const TestOptions& options) {
  remove_reports(options);
  auto stopped = [&](const std::string& why) { return report_not_run(options, why, fail(why)); };
  Crashes crashes;
  for (;;) {
    std::expected<int, testing::Crash> status = testing::run_in_child(
        [&](testing::Board& board) { return test_set(options, crashes, board); });
    if (status) return *status;
    testing::Crash& crash = status.error();
    if (crash.running.empty())
      return stopped(fmt::format("crashed: {}; no test was running", crash.how));
    auto other =
        std::ranges::find(crash.running, testing::Board::no_test, &testing::Crash::Work::number);
    if (other != crash.running.end())
      return stopped(fmt::format("crashed: {}; at the mutant {}", crash.how, other->name));
    for (const testing::Crash::Work& work : crash.running)
      fmt::print(stderr, "aipol: crashed: {}; the test `{}` was running\n", crash.how, work.name);
    crashes.how = crash.how;
    std::vector<testing::Crash::Work>& to =
        crash.running.size() == 1 ? crashes.certain : crashes.perhaps;
    to.insert(to.end(), crash.running.begin(), crash.running.end());
    if (crash.running.size() == 1) crashes.perhaps.clear();
    if (crashes.certain.size() == most_crashes)
      return stopped(fmt::format("{} tests crashed; the others did not run", most_crashes));
  }
}

int run_test(const TestOptions& options) {
  if (!options.watch) return run_guarded(options);
  return watch(options.set.paths, [&] { std::ignore = run_guarded(options); });
}

// "FORM=FILE"
std::string bad_report(const std::string& text) {
  size_t sign = text.find('=');
  const std::vector<std::string>& forms = tests_formats();
  bool known = std::ranges::find(forms, text.substr(0, sign)) != forms.end();
  if (sign != std::string::npos && known && sign + 1 < text.size()) return {};
  return fmt::format("`{}` is not FORM=FILE, such as junit=report.xml", text);
}

void add_percent(CLI::App& command, const std::string& name, std::optional<double>& to,
                 const std::string& summary) {
  command.add_option(name, to, summary)
      ->type_name("P")
      ->transform([](std::string text) {
        if (text.ends_with('%')) text.pop_back();
        return text;
      })
      ->check(CLI::Range(0.0, 100.0));
}

void add_coverage_options(CLI::App& command, TestOptions& options) {
  command.add_flag("--coverage", options.coverage, "say what of the policies the tests have shown");
  add_percent(command, "--min-coverage", options.min_coverage,
              "exit 1 where fewer percent of the statements fired");
  add_percent(command, "--min-conditions", options.min_conditions,
              "exit 1 where fewer percent of the outcomes of conditions were seen");
  command.add_option("--coverage-lcov", options.lcov, "write coverage for LCOV and its readers")
      ->type_name("FILE");
  command.add_option("--coverage-html", options.html, "write coverage as a page")
      ->type_name("FILE");
}

}  // namespace

Run add_test(CLI::App& command) {
  auto options = std::make_shared<TestOptions>();
  options->jobs = std::clamp(std::thread::hardware_concurrency(), 1u, testing::most_jobs);
  options->set.add_to(command);
  std::vector<std::string> forms = tests_formats();
  forms.erase(forms.begin());
  options->set.add_format_to(command, forms);
  command
      .add_option("--report", options->reports, "write the results to a file too; may be repeated")
      ->type_name("FORM=FILE")
      ->allow_extra_args(false)
      ->check(bad_report);
  command
      .add_option("--filter", options->filter,
                  "run only the tests with names like this; `*` is any text")
      ->type_name("GLOB");
  command.add_option("--jobs", options->jobs, "tests that run at a time")
      ->check(CLI::Range(1u, testing::most_jobs))
      ->capture_default_str();
  command.add_flag("--explain", options->explain,
                   "of a failure: what each statement made of its last send");
  command.add_flag("--fail-on-empty", options->fail_on_empty, "exit 1 where no test ran");
  command.add_flag("--watch", options->watch, "run again whenever a file of the set changes");
  add_coverage_options(command, *options);
  command.add_flag("--mutate", options->mutate,
                   "change the policies in many small ways and say which changes no test notices");
  command.add_option("--mutations", options->mutations, "only changes of these kinds")
      ->delimiter(',')
      ->check(CLI::IsMember(mutation::kind_names()));
  add_percent(command, "--min-mutation", options->min_mutation,
              "exit 1 where the tests notice fewer percent of the changes");
  command.footer(
      "Examples:\n  aipol test policies/\n  aipol test policies/ --filter 'the risk model*' "
      "--explain\n"
      "  aipol test policies/ --format github --report junit=report.xml --fail-on-empty\n"
      "  aipol test policies/ --coverage --min-coverage 90 --coverage-html coverage.html");
  return [options] {
    options->coverage |= options->min_coverage || options->min_conditions ||
                         !options->lcov.empty() || !options->html.empty();
    options->mutate |= options->min_mutation.has_value() || !options->mutations.empty();
    return run_test(*options);
  };
}

}  // namespace aipol::cli
