#include "cli/output/coverage.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

namespace aipol::cli {

using testing::CoveredCondition;
using testing::CoveredPolicy;
using testing::CoveredStatement;
using testing::Share;

namespace {

std::string_view missing(const CoveredStatement& statement) {
  if (statement.fired == 0) return "never fired";
  return statement.can_refuse && statement.refused == 0 ? "was never seen to refuse" : "";
}

std::string_view missing(const testing::Outcomes& outcomes) {
  bool held = outcomes.held > 0, failed = outcomes.failed > 0;
  if (held && failed) return "";
  return held ? "was never false" : failed ? "was never true" : "was never asked";
}

void add_gaps(const CoveredPolicy& policy, std::vector<Gap>& all) {
  std::vector<Gap> found;
  for (const CoveredStatement& statement : policy.statements) {
    std::string subject =
        fmt::format("{} of {}", plan::name_of(statement.effect), policy.policy.name);
    found.push_back({statement.place, std::move(subject), missing(statement)});
  }
  for (const CoveredCondition& condition : policy.conditions)
    found.push_back(
        {condition.place, fmt::format("`{}`", condition.text), missing(condition.outcomes)});
  std::erase_if(found, [](const Gap& gap) { return gap.missing.empty(); });
  std::ranges::stable_sort(
      found, {}, [](const Gap& gap) { return std::tuple(gap.place.line, gap.place.column); });
  all.insert(all.end(), found.begin(), found.end());
}

std::string share_line(std::string_view name, const Share& share) {
  // What is not whole is never shown as 100.
  return fmt::format("  {:<11}{:>5} of {:<5} {:>5.1f}%\n", name, share.hit, share.total,
                     std::floor(share.percent() * 10) / 10);
}

}  // namespace

std::vector<Gap> gaps(const testing::CoverageSummary& coverage) {
  std::vector<Gap> all;
  for (const CoveredPolicy& policy : coverage.policies) add_gaps(policy, all);
  return all;
}

std::string coverage_text(const testing::CoverageSummary& coverage) {
  constexpr size_t most_gaps = 50;
  std::string text = "coverage\n" + share_line("statements", coverage.of_statements) +
                     share_line("conditions", coverage.of_conditions) +
                     share_line("policies", coverage.of_policies) +
                     share_line("refusals", coverage.of_refusals);
  std::vector<Gap> all = gaps(coverage);
  for (size_t i = 0; i < std::min(all.size(), most_gaps); ++i) {
    const plan::Place& place = all[i].place;
    text += fmt::format("  {}:{}:{}: {}\n", place.file, place.line, place.column, all[i].text());
  }
  if (all.size() > most_gaps) text += fmt::format("  and {} more places\n", all.size() - most_gaps);
  return text;
}

}  // namespace aipol::cli
