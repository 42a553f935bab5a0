#include "cli/output/tests.h"
#include "cli/output/workflow_command.h"

namespace aipol::cli {

using testing::Result;

std::string tests_github(const TestReport& report) {
  std::string out;
  for (const Result& result : report.run.results) {
    if (result.passed()) continue;
    std::string message = "expected: " + result.expected + "\nactual: " + result.actual;
    for (const std::string& reason : result.reasons) message += "\n" + reason;
    const plan::Place& place = result.place;
    out += workflow_command(
        "error", {place.file, place.line, place.column, place.end_line, place.end_column},
        result.test->name, message);
  }
  return out + summary_line(report) + "\n";
}

}  // namespace aipol::cli
