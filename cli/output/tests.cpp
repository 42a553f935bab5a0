#include "cli/output/tests.h"

#include <algorithm>

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

// Each invariant as a test that passed where it is proved.
std::string print_with_invariants(const Form& form, const TestReport& report) {
  std::vector<plan::Test> tests;
  tests.reserve(report.invariants.size());
  testing::Run run{report.run.results, {}, report.run.took};
  for (const invariants::Judgement& one : report.invariants) {
    plan::Test& test = tests.emplace_back();
    test.name = "invariant " + one.name;
    test.place = one.place;
    testing::Result& result = run.results.emplace_back();
    result.test = &test;
    result.place = one.place;
    result.expected = "proved";
    if (one.kind == invariants::Judgement::Kind::proved) continue;
    result.status = testing::Result::Status::failed;
    result.actual =
        one.counterexample ? "refuted: " + one.counterexample->test : "unknown: " + one.why;
  }
  TestReport all{report.files, report.plan, run};
  all.colour = report.colour;
  all.timed = report.timed;
  return form.print(all);
}

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
  bool whole = form->knows_invariants || report.invariants.empty();
  return whole ? form->print(report) : print_with_invariants(*form, report);
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
