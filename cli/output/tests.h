// Results of tests as people and programs read them: a form each, `--format NAME`, a file each.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "invariants/judge.h"
#include "mutation/score.h"
#include "testing/coverage_summary.h"
#include "testing/results.h"

namespace aipol::cli {

// What all forms are made from.
struct TestReport {
  const source::Files& files;
  const plan::Plan& plan;
  const testing::Run& run;
  std::vector<invariants::Judgement> invariants = {};
  std::optional<testing::CoverageSummary> coverage = {};
  std::optional<mutation::Score> mutation = {};
  std::string not_run = {};  // why no test could run, where that is a failure: all forms have it
  bool colour = false;
  bool timed = false;  // text says how long it took: not where it is compared with what was
};

// Failures whole, each with its source line; what is not covered; then how many passed and failed.
std::string tests_text(const TestReport& report);

// {"tests":[…],"invariants":[…],"summary":{…}} (docs/json.md), one line.
std::string tests_json(const TestReport& report);

// JUnit XML as Jenkins defines it: a suite for each file.
std::string tests_junit(const TestReport& report);

// A workflow command of GitHub Actions for each failure, then how many passed and failed.
std::string tests_github(const TestReport& report);

// The Test Anything Protocol, version 14.
std::string tests_tap(const TestReport& report);

// The names of the forms, `text` first.
const std::vector<std::string>& tests_formats();

// In the form of that name, one of `tests_formats()`.
std::string tests_in(std::string_view format, const TestReport& report);

// What several forms say of a result: "expected: …; actual: …", on one line.
std::string failure_line(const testing::Result& result);
// "7 passed, 1 failed", and of invariants "1 proved, 0 refuted" where there are some.
std::string summary_line(const TestReport& report);
// Whether every test passed and every invariant is proved.
bool all_well(const TestReport& report);

}  // namespace aipol::cli
