#include "cli/output/tests.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output/invariants.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;
using testing::Result;

namespace {

bool passed(const Result& result) { return result.status == Result::Status::passed; }

std::string painted(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string failure_text(const Result& result, bool colour) {
  std::string text =
      fmt::format("{} {}\n  --> {}:{}:{}\n", painted("FAILED", "1;31", colour), result.test->name,
                  result.place.file, result.place.line, result.place.column);
  text += fmt::format("  expected: {}\n  actual:   {}\n", result.expected, result.actual);
  for (const std::string& reason : result.reasons) text += fmt::format("    {}\n", reason);
  return text + "\n";
}

size_t count_passed(const std::vector<Result>& results) {
  return static_cast<size_t>(std::ranges::count_if(results, passed));
}

}  // namespace

std::string tests_text(const std::vector<Result>& results,
                       const std::vector<invariants::Judgement>& judged, bool colour) {
  std::string text;
  for (const Result& result : results) {
    if (!passed(result)) text += failure_text(result, colour);
  }
  text += invariants_text(judged, colour);
  size_t good = count_passed(results);
  std::string_view paint = good == results.size() && all_proved(judged) ? "32" : "1;31";
  std::string summary = fmt::format("{} passed, {} failed", good, results.size() - good);
  if (!judged.empty()) summary += ", " + invariants_summary(judged);
  return text + painted(summary, paint, colour) + "\n";
}

std::string tests_json(const std::vector<Result>& results,
                       const std::vector<invariants::Judgement>& judged) {
  json out = {{"tests", json::array()}, {"invariants", invariants_json(judged)}};
  for (const Result& result : results) {
    json one = {{"name", result.test->name},
                {"file", result.test->place.file},
                {"line", result.test->place.line},
                {"status", passed(result) ? "passed" : "failed"}};
    if (!passed(result)) {
      one["step"] = {{"line", result.place.line}, {"column", result.place.column}};
      one["expected"] = result.expected;
      one["actual"] = result.actual;
      one["message"] = fmt::format("expected: {}; actual: {}", result.expected, result.actual);
      one["reasons"] = result.reasons;
    }
    out["tests"].push_back(std::move(one));
  }
  size_t good = count_passed(results);
  using Kind = invariants::Judgement::Kind;
  out["summary"] = {{"passed", good},
                    {"failed", results.size() - good},
                    {"proved", count(judged, Kind::proved)},
                    {"refuted", count(judged, Kind::refuted)},
                    {"unknown", count(judged, Kind::unknown)}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
