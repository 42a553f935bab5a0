#include "cli/output/tests.h"

#include <algorithm>
#include <deque>

#include <fmt/format.h>

#include "base/check.h"
#include "cli/output/invariants.h"

namespace aipol::cli {

namespace {

struct Form {
  std::string_view name;
  std::string (*print)(const TestReport&);
  bool knows_invariants;  // others tell them as tests
};
constexpr Form forms[] = {{"text", tests_text, true},
                          {"json", tests_json, true},
                          {"junit", tests_junit, false},
                          {"github", tests_github, false},
                          {"tap", tests_tap, false}};

// Results of a run, and what is told as further tests.
class AsTests {
 public:
  explicit AsTests(const TestReport& report) : run_{report.run.results, {}, report.run.took} {}

  // Passed where it is proved.
  void add(const invariants::Judgement& one) {
    testing::Result& result = add("invariant " + one.name, one.place, "proved");
    if (one.kind == invariants::Judgement::Kind::proved) return;
    result.status = testing::Result::Status::failed;
    result.actual =
        one.counterexample ? "refuted: " + one.counterexample->test : "unknown: " + one.why;
  }
  void add_not_run(const std::string& why) {
    testing::Result& result = add("aipol test", {}, "a test that runs");
    result.status = testing::Result::Status::not_run;
    result.actual = why;
  }
  const testing::Run& run() const { return run_; }

 private:
  testing::Result& add(std::string name, const plan::Place& place, std::string expected) {
    plan::Test& test = tests_.emplace_back();
    test.name = std::move(name);
    test.place = place;
    testing::Result& result = run_.results.emplace_back();
    result.test = &test;
    result.place = place;
    result.expected = std::move(expected);
    return result;
  }

  std::deque<plan::Test> tests_;
  testing::Run run_;
};

}  // namespace

const std::vector<std::string>& tests_formats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Form& form : forms) all.emplace_back(form.name);
    return all;
  }();
  return names;
}

std::string tests_in(std::string_view format, const TestReport& report) {
  const Form* form = std::ranges::find(forms, format, &Form::name);
  AIPOL_CHECK(form != std::end(forms), "a form of the table");
  AsTests more(report);
  TestReport told{report.files, report.plan, more.run()};
  told.coverage = report.coverage;
  told.mutation = report.mutation;
  told.colour = report.colour;
  told.timed = report.timed;
  if (form->knows_invariants)
    told.invariants = report.invariants;
  else
    for (const invariants::Judgement& one : report.invariants) more.add(one);
  if (!report.not_run.empty()) more.add_not_run(report.not_run);
  return form->print(told);
}

std::string failure_line(const testing::Result& result) {
  return fmt::format("expected: {}; actual: {}", result.expected, result.actual);
}

std::string summary_line(const TestReport& report) {
  std::string line = fmt::format("{} passed, {} failed", report.run.passed(), report.run.failed());
  if (!report.invariants.empty()) line += ", " + invariants_summary(report.invariants);
  return line;
}

bool all_well(const TestReport& report) {
  return report.run.failed() == 0 && all_proved(report.invariants);
}

}  // namespace aipol::cli
