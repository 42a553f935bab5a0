// The rules are those of the schema that Jenkins publishes for its xUnit plug-in: `testcase` has no
// place, so that messages begin with it.
#include <map>
#include <vector>

#include <fmt/format.h>

#include "cli/output/excerpt.h"
#include "cli/output/markup.h"
#include "cli/output/tests.h"

namespace aipol::cli {

using testing::Result;

namespace {

// Seconds without an exponent.
std::string time_of(std::chrono::nanoseconds took) {
  return fmt::format("{:.6f}", std::chrono::duration<double>(took).count());
}

// What says nothing of the policies is an error there, no failure.
bool is_error(const Result& result) {
  return result.status == Result::Status::crashed || result.status == Result::Status::not_run;
}

std::string_view type_of(const Result& result) {
  if (result.status == Result::Status::not_run) return "not run";
  return result.status == Result::Status::crashed ? "crash" : "expectation";
}

struct Totals {
  size_t tests = 0, failures = 0, errors = 0;
  std::chrono::nanoseconds took{};

  void add(const Result& result) {
    ++tests;
    failures += result.status == Result::Status::failed;
    errors += is_error(result);
    took += result.took;
  }
  std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{}\"", tests, failures,
                       errors, time_of(took));
  }
};

// Of what stands in no file, too.
std::string suite_of(const std::string& file) { return file.empty() ? "aipol" : file; }

// "policies_test" of "tests/policies_test.aipol": folders as packages.
std::string class_of(std::string_view file) {
  while (file.starts_with("./")) file.remove_prefix(2);
  if (file.ends_with(".aipol")) file.remove_suffix(6);
  std::string out(file);
  for (char& c : out) {
    if (c == '/') c = '.';
  }
  return out;
}

std::string failure(const TestReport& report, const Result& result) {
  std::string text = excerpt(result.place, {}, "", report.files, false);
  text += fmt::format("expected: {}\nactual:   {}\n", result.expected, result.actual);
  for (const std::string& reason : result.reasons) text += reason + "\n";
  return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n",
                     is_error(result) ? "error" : "failure", type_of(result),
                     markup(failure_line(result)), markup(text));
}

std::string test_case(const TestReport& report, const Result& result) {
  std::string open = fmt::format(
      "    <testcase name=\"{}\" classname=\"{}\" time=\"{}\"", markup(result.test->name),
      markup(class_of(suite_of(result.test->place.file))), time_of(result.took));
  if (result.passed()) return open + "/>\n";
  return open + ">\n" + failure(report, result) + "    </testcase>\n";
}

std::string suite(const TestReport& report, const std::string& file,
                  const std::vector<const Result*>& results) {
  Totals totals;
  std::string cases;
  for (const Result* result : results) {
    totals.add(*result);
    cases += test_case(report, *result);
  }
  return fmt::format("  <testsuite name=\"{}\" {} skipped=\"0\">\n{}  </testsuite>\n",
                     markup(suite_of(file)), totals.attributes(), cases);
}

}  // namespace

std::string tests_junit(const TestReport& report) {
  std::map<std::string, std::vector<const Result*>> by_file;
  Totals totals;
  for (const Result& result : report.run.results) {
    totals.add(result);
    by_file[result.test->place.file].push_back(&result);
  }
  std::string out =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aipol\" {}>\n",
                  totals.attributes());
  for (const auto& [file, results] : by_file) out += suite(report, file, results);
  return out + "</testsuites>\n";
}

}  // namespace aipol::cli
