// TAP 14. The diagnostic blocks are YAML 1.2, in which JSON's texts and lists stand as they are.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/output/tests.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;
using testing::Result;

namespace {

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

// A name on one line in which nothing reads as a directive.
std::string description(const std::string& name) {
  std::string out;
  for (char c : on_one_line(name)) {
    if (c == '#' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string diagnostic(const Result& result) {
  std::string out = "  ---\n";
  out += fmt::format("  message: {}\n  severity: fail\n", quoted(failure_line(result)));
  out +=
      fmt::format("  expected: {}\n  actual: {}\n", quoted(result.expected), quoted(result.actual));
  if (result.place.line > 0)
    out += fmt::format("  at:\n    file: {}\n    line: {}\n    column: {}\n",
                       quoted(result.place.file), result.place.line, result.place.column);
  if (!result.reasons.empty()) out += "  reasons:\n";
  for (const std::string& reason : result.reasons) out += fmt::format("    - {}\n", quoted(reason));
  return out + "  ...\n";
}

}  // namespace

std::string tests_tap(const TestReport& report) {
  const auto& results = report.run.results;
  std::string out = fmt::format("TAP version 14\n1..{}\n", results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    out += fmt::format("{} {} - {}\n", results[i].passed() ? "ok" : "not ok", i + 1,
                       description(results[i].test->name));
    if (!results[i].passed()) out += diagnostic(results[i]);
  }
  return out;
}

}  // namespace aipol::cli
