#include "cli/commands/test_set.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/name_glob.h"
#include "cli/commands/write_file.h"
#include "cli/output/coverage.h"
#include "cli/output/progress.h"
#include "cli/output/tests.h"
#include "mutation/score.h"
#include "testing/run_tests.h"

namespace aipol::cli {

namespace {

using testing::Crash;

// A table's name selects all of its rows.
bool selected(const plan::Test& test, const std::string& filter) {
  if (filter.empty() || name_matches(test.name, filter)) return true;
  size_t bracket = test.name.rfind(" [row ");
  return test.row.line > 0 && name_matches(std::string_view(test.name).substr(0, bracket), filter);
}

// Writes down what goes on, for the parent process and for who waits.
class Watcher final : public testing::Observer {
 public:
  Watcher(testing::Board& board, const std::vector<plan::Test>& tests)
      : board_(board), tests_(tests), progress_("tests", tests.size(), "failed") {}

  void begins(unsigned job, const plan::Test& test) override {
    board_.begins(job, static_cast<size_t>(&test - tests_.data()), test.name);
  }
  void ended(unsigned job, const testing::Result& result) override {
    board_.ended(job);
    progress_.step(result.passed());
  }

 private:
  testing::Board& board_;
  const std::vector<plan::Test>& tests_;
  Progress progress_;
};

testing::Result crashed(const plan::Test& test, const std::string& how) {
  testing::Result result;
  result.test = &test;
  result.status = testing::Result::Status::crashed;
  result.place = test.place;
  result.expected = "a test that runs to its end";
  result.actual = "aipol crashed: " + how;
  return result;
}

// Whether the tests are those of the earlier runs: somebody may have saved a file.
bool same_tests(const Crashes& crashes, const std::vector<plan::Test>& tests) {
  auto same = [&](const Crash::Work& work) {
    return work.number < tests.size() && tests[work.number].name.starts_with(work.name);
  };
  return std::ranges::all_of(crashes.certain, same) && std::ranges::all_of(crashes.perhaps, same);
}

// The tests that are known to crash are reported without running.
testing::Run run(const TestOptions& options, const Crashes& crashes, testing::Board& board,
                 std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
                 const std::vector<plan::Test>& all) {
  auto in = [](const std::vector<Crash::Work>& list, size_t number) {
    return std::ranges::find(list, number, &Crash::Work::number) != list.end();
  };
  std::vector<plan::Test> tests = all;
  for (const Crash::Work& work : crashes.certain) tests[work.number].steps.clear();
  Watcher watcher(board, tests);
  testing::RunOptions how{
      crashes.any() ? 1 : options.jobs, {options.explain, options.coverage}, &watcher};
  testing::Run done = testing::run_tests(std::move(program), assets, tests, how);
  for (size_t i = 0; i < all.size(); ++i) {
    done.results[i].test = &all[i];
    if (in(crashes.certain, i))
      done.results[i] = crashed(all[i], crashes.how);
    else if (in(crashes.perhaps, i) && done.results[i].passed())
      done.results[i] = crashed(all[i], crashes.how + " while other tests ran beside it");
  }
  return done;
}

// Mutants of a set whose tests do not pass tell nothing.
std::optional<mutation::Score> measure(const TestOptions& options, const TestReport& report,
                                       const compiler::Compilation& compilation,
                                       testing::Board& board) {
  if (!options.mutate) return std::nullopt;
  if (report.run.failed() > 0) {
    fmt::print(stderr, "aipol: no mutants were tested: the tests must pass without them\n");
    return std::nullopt;
  }
  mutation::Mutants mutants = mutation::mutants_of(compilation.files, compilation.trees);
  std::erase_if(mutants, [&](const mutation::Mutant& mutant) {
    const std::vector<std::string>& kinds = options.mutations;
    return !kinds.empty() && std::ranges::find(kinds, mutant.kind) == kinds.end();
  });
  Progress progress("mutants", mutants.size(), "survived");
  mutation::ScoreOptions how{folder_of(options.set.paths), cache_folder(), options.jobs};
  how.selected = [&](const plan::Test& test) { return selected(test, options.filter); };
  how.judged = [&](const mutation::Verdict& verdict) {
    progress.step(verdict.kind != mutation::Verdict::Kind::survived);
  };
  how.board = &board;
  return mutation::measure(compilation.files, std::move(mutants), report.plan.version, how);
}

struct AskedReport {
  std::string form, path;
};

std::vector<AskedReport> asked_reports(const TestOptions& options) {
  std::vector<AskedReport> all;
  for (const std::string& asked : options.reports) {
    size_t sign = asked.find('=');
    all.push_back({asked.substr(0, sign), asked.substr(sign + 1)});
  }
  return all;
}

// Every file that was asked for. False, and said, where one cannot be written.
bool write_files(const TestOptions& options, const TestReport& report) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [form, path] : asked_reports(options))
    files.emplace_back(path, tests_in(form, report));
  if (!options.lcov.empty() && report.coverage)
    files.emplace_back(options.lcov, coverage_lcov(*report.coverage));
  if (!options.html.empty() && report.coverage)
    files.emplace_back(options.html, coverage_html(*report.coverage, report.files));
  for (const auto& [path, text] : files) {
    Result<void> written = write_file(path, text);
    if (written) continue;
    fail(written.error().message);
    return false;
  }
  return true;
}

// Whether the share is enough; said where it is not.
bool enough(std::string_view what, const testing::Share& share, std::optional<double> least) {
  if (!least || share.percent() >= *least) return true;
  fmt::print(stderr, "aipol: {:.2f}% of {} are covered, less than {:g}%\n",
             std::floor(share.percent() * 100) / 100, what, *least);
  return false;
}

// Why it is a failure that there is nothing to report, if it is one.
std::string why_empty(const TestOptions& options, const TestReport& report) {
  if (!report.run.results.empty() || !report.invariants.empty()) return {};
  if (!options.filter.empty())
    return fmt::format("no test and no invariant has a name like `{}`", options.filter);
  return options.fail_on_empty ? "there are no tests" : "";
}

// What else than a failed test makes the run one with findings.
bool complaints(const TestOptions& options, const TestReport& report) {
  bool good = report.not_run.empty();
  if (report.mutation && report.mutation->percent() < options.min_mutation.value_or(0)) {
    fmt::print(stderr, "aipol: {:.2f}% of the mutants were noticed, less than {:g}%\n",
               std::floor(report.mutation->percent() * 100) / 100, *options.min_mutation);
    good = false;
  }
  if (!report.coverage) return !good;
  good &= enough("statements", report.coverage->of_statements, options.min_coverage);
  good &= enough("outcomes of conditions", report.coverage->of_conditions, options.min_conditions);
  return !good;
}

}  // namespace

int test_set(const TestOptions& options, const Crashes& crashes, testing::Board& board) {
  auto compilation = compile_or_report(
      options.set,
      {.last = compiler::Step::jit, .tests = true, .proofs = true, .invariants = true});
  if (!compilation) {
    std::string_view why = compilation.error() == findings ? "have errors" : "can not be read";
    return report_not_run(options, fmt::format("the policies {}", why), compilation.error());
  }
  auto stopped = [&](const std::string& why) { return report_not_run(options, why, fail(why)); };
  auto judged = invariants::judge(**compilation, folder_of(options.set.paths), cache_folder());
  if (!judged) return stopped(judged.error().message);
  std::erase_if(*judged, [&](const auto& one) {
    return !options.filter.empty() && !name_matches(one.name, options.filter);
  });
  std::vector<plan::Test> tests = std::move((*compilation)->tests);
  std::erase_if(tests, [&](const plan::Test& test) { return !selected(test, options.filter); });
  if (!same_tests(crashes, tests)) return stopped("the set changed while its tests ran");
  auto program = program_of(**compilation);
  if (!program) return stopped(program.error().message);
  auto assets = enforce::load_assets((*program)->plan(), folder_of(options.set.paths));
  if (!assets) return stopped(assets.error().message);
  testing::Run done = run(options, crashes, board, *program, *assets, tests);
  TestReport report{(*compilation)->files, (*program)->plan(), done, std::move(*judged)};
  if (done.coverage) report.coverage = testing::summarize((*program)->plan(), *done.coverage);
  report.mutation = measure(options, report, **compilation, board);
  report.not_run = why_empty(options, report);
  report.colour = options.set.coloured(STDOUT_FILENO);
  report.timed = isatty(STDOUT_FILENO) == 1;
  fmt::print("{}", tests_in(options.set.format, report));
  std::fflush(stdout);
  if (!write_files(options, report)) return unusable;
  return complaints(options, report) || !all_well(report) ? findings : well;
}

int report_not_run(const TestOptions& options, const std::string& why, int status) {
  source::Files files;
  plan::Plan plan;
  testing::Run run;
  TestReport report{files, plan, run};
  report.not_run = why;
  bool annotated = options.set.format == "github" && status == findings;
  if (options.set.format != "text" && !annotated)
    fmt::print("{}", tests_in(options.set.format, report));
  std::fflush(stdout);
  return write_files(options, report) ? status : unusable;
}

void remove_reports(const TestOptions& options) {
  std::vector<std::string> paths = {options.lcov, options.html};
  for (const AskedReport& report : asked_reports(options)) paths.push_back(report.path);
  for (const std::string& path : paths) {
    std::error_code error;  // what can not be removed can not be written either: that is said then
    // Not what stands for a device.
    if (std::filesystem::is_regular_file(std::filesystem::symlink_status(path, error)))
      std::filesystem::remove(path, error);
  }
}

}  // namespace aipol::cli
