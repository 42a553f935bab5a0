#include <fmt/format.h>

#include "cli/output/coverage.h"
#include "cli/output/excerpt.h"
#include "cli/output/invariants.h"
#include "cli/output/mutation.h"
#include "cli/output/tests.h"
#include "compiler/diagnostics/diagnostics.h"
#include "runtime/offline/report.h"

namespace aipol::cli {

using diagnostics::shown;
using testing::Result;

namespace {

std::string painted(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

// The row of a table, by the last words of the test's name: "row 2".
std::string row_note(const plan::Test& test) {
  size_t bracket = test.name.rfind('[');
  if (test.row.line == 0 || bracket == std::string::npos) return {};
  return test.name.substr(bracket + 1, test.name.size() - bracket - 2);
}

// Lines behind two spaces more.
std::string indented(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\n')) line.remove_suffix(1);
    out += "  " + shown(line) + "\n";
    at = end;
  }
  return out;
}

std::string_view word_for(Result::Status status) {
  if (status == Result::Status::not_run) return "NOT RUN";
  return status == Result::Status::crashed ? "CRASHED" : "FAILED";
}

std::string failure_text(const TestReport& report, const Result& result) {
  std::string_view word = word_for(result.status);
  if (result.status == Result::Status::not_run)
    return fmt::format("{}: {}\n\n", painted(word, "1;31", report.colour), shown(result.actual));
  std::string text =
      fmt::format("{} {}\n", painted(word, "1;31", report.colour), shown(result.test->name));
  text +=
      excerpt(result.place, result.test->row, row_note(*result.test), report.files, report.colour);
  text +=
      fmt::format("  expected: {}\n  actual:   {}\n", shown(result.expected), shown(result.actual));
  if (!result.explanation) {
    for (const std::string& reason : result.reasons) text += fmt::format("    {}\n", shown(reason));
    return text + "\n";
  }
  const testing::Explanation& last = *result.explanation;
  return text +
         indented(offline::decision_text(report.plan, last.outcome, {last.traces, last.effects})) +
         "\n";
}

}  // namespace

std::string tests_text(const TestReport& report) {
  std::string text;
  for (const Result& result : report.run.results) {
    if (!result.passed()) text += failure_text(report, result);
  }
  text += invariants_text(report.invariants, report.colour);
  if (report.coverage) text += coverage_text(*report.coverage) + "\n";
  if (report.mutation) text += mutation_text(*report.mutation, report.files, report.colour) + "\n";
  std::string_view paint = all_well(report) ? "32" : "1;31";
  text += painted(summary_line(report), paint, report.colour);
  if (report.timed)
    text += fmt::format(" in {:.0f} ms",
                        std::chrono::duration<double, std::milli>(report.run.took).count());
  return text + "\n";
}

}  // namespace aipol::cli
