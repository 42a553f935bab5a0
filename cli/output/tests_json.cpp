#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output/coverage.h"
#include "cli/output/invariants.h"
#include "cli/output/mutation.h"
#include "cli/output/tests.h"
#include "runtime/offline/report.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;
using testing::Result;

namespace {

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

void add_failure(const TestReport& report, const Result& result, json& one) {
  one["step"] = {{"line", result.place.line}, {"column", result.place.column}};
  one["expected"] = result.expected;
  one["actual"] = result.actual;
  one["message"] = failure_line(result);
  one["reasons"] = result.reasons;
  if (result.status == Result::Status::crashed) one["crashed"] = true;
  if (!result.explanation) return;
  const testing::Explanation& last = *result.explanation;
  one["explanation"] =
      json::parse(offline::decision_json(report.plan, last.outcome, {last.traces, last.effects}));
}

json one_test(const TestReport& report, const Result& result) {
  json one = {{"name", result.test->name},
              {"file", result.test->place.file},
              {"line", result.test->place.line},
              {"status", result.passed() ? "passed" : "failed"},
              {"seconds", seconds(result.took)}};
  if (!result.passed()) add_failure(report, result, one);
  return one;
}

}  // namespace

std::string tests_json(const TestReport& report) {
  using Kind = invariants::Judgement::Kind;
  json out = {{"tests", json::array()}, {"invariants", invariants_json(report.invariants)}};
  for (const Result& result : report.run.results) out["tests"].push_back(one_test(report, result));
  out["summary"] = {{"passed", report.run.passed()},
                    {"failed", report.run.failed()},
                    {"proved", count(report.invariants, Kind::proved)},
                    {"refuted", count(report.invariants, Kind::refuted)},
                    {"unknown", count(report.invariants, Kind::unknown)},
                    {"seconds", seconds(report.run.took)}};
  if (report.coverage) out["coverage"] = json::parse(coverage_json(*report.coverage));
  if (report.mutation) out["mutation"] = json::parse(mutation_json(*report.mutation, report.files));
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
