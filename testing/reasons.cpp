#include "testing/reasons.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace aipol::testing {

namespace {

constexpr size_t most_lines = 10;

// What a statement that fired did besides.
std::string_view did(const plan::Statement& statement, bool refused) {
  if (statement.shadow) return " fired, in shadow";
  return statement.effect == plan::Effect::limit && !refused ? " fired, and had room" : " fired";
}

std::string line(const plan::Plan& plan, const offline::Trace& trace,
                 const decision::Decision& decision) {
  const plan::Statement& statement = plan.statements[trace.statement];
  std::string who =
      fmt::format("{} of {} ({}:{})", plan::name_of(statement.effect),
                  plan.policies[statement.policy].name, statement.place.file, statement.place.line);
  bool refused = std::ranges::find(decision.refusing, trace.statement) != decision.refusing.end();
  if (trace.fired) return who + std::string(did(statement, refused));
  return fmt::format("{} did not: {}", who, trace.missed);
}

}  // namespace

std::vector<std::string> reasons(const plan::Plan& plan, const std::vector<offline::Trace>& traces,
                                 const decision::Decision& decision,
                                 std::optional<std::string_view> expected_policy) {
  std::vector<const offline::Trace*> order;
  for (const offline::Trace& trace : traces) {
    if (trace.reached) order.push_back(&trace);
  }
  std::ranges::stable_sort(order, {}, [&](const offline::Trace* trace) {
    bool expected = expected_policy == plan.policies[plan.statements[trace->statement].policy].name;
    return std::tuple(!trace->fired, !expected, ~trace->held);
  });
  std::vector<std::string> lines;
  for (size_t i = 0; i < std::min(order.size(), most_lines); ++i)
    lines.push_back(line(plan, *order[i], decision));
  if (order.size() > most_lines)
    lines.push_back(fmt::format("and {} more statements", order.size() - most_lines));
  return lines;
}

}  // namespace aipol::testing
