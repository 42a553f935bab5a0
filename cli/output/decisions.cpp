#include "cli/output/decisions.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace aipol::cli {

using decision::Decision;
using json = nlohmann::ordered_json;
using offline::Trace;

namespace {

json statement_json(const plan::Plan& plan, uint32_t number) {
  const plan::Statement& statement = plan.statements[number];
  return {{"policy", plan.policies[statement.policy].name},
          {"effect", plan::effect_names[static_cast<size_t>(statement.effect)]},
          {"file", statement.place.file},
          {"line", statement.place.line}};
}

std::string trace_text(const plan::Plan& plan, const Trace& trace) {
  const plan::Statement& statement = plan.statements[trace.statement];
  std::string who = fmt::format("{}:{}: {} of {}", statement.place.file, statement.place.line,
                                plan::effect_names[static_cast<size_t>(statement.effect)],
                                plan.policies[statement.policy].name);
  if (!trace.reached) return fmt::format("  - {}: not reached\n", who);
  if (trace.fired) return fmt::format("  * {}: applies\n", who);
  return fmt::format("  - {}: does not apply, {}\n", who, trace.missed);
}

}  // namespace

std::string decision_text(const plan::Plan& plan, const Decision& decision,
                          const std::vector<Trace>& traces) {
  std::string by;
  if (decision.statement) {
    const plan::Statement& statement = plan.statements[*decision.statement];
    by = fmt::format(" by {} ({}:{})", plan.policies[statement.policy].name, statement.place.file,
                     statement.place.line);
  }
  std::string text = decision.allowed
                         ? fmt::format("allow{}\n", by)
                         : fmt::format("deny {}{}: {}\n", decision.status, by, decision.message);
  for (const Trace& trace : traces) text += trace_text(plan, trace);
  return text;
}

std::string decision_json(const plan::Plan& plan, const Decision& decision,
                          const std::vector<Trace>& traces) {
  json out = {{"decision", decision.allowed ? "allow" : "deny"}, {"status", decision.status}};
  out["policy"] = "";
  if (decision.statement) {
    json by = statement_json(plan, *decision.statement);
    out["policy"] = by["policy"];
    out["file"] = by["file"];
    out["line"] = by["line"];
  }
  out["message"] = decision.message;
  out["phase"] = plan::phase_names[static_cast<size_t>(decision.phase)];
  out["fired"] = json::array();
  for (uint32_t statement : decision.fired) out["fired"].push_back(statement_json(plan, statement));
  out["effects"] = json::object();
  out["undetermined"] = json::array();
  for (const Trace& trace : traces) {
    json one = statement_json(plan, trace.statement);
    one["reached"] = trace.reached;
    one["fired"] = trace.fired;
    if (!trace.missed.empty()) one["missed"] = trace.missed;
    out["trace"].push_back(std::move(one));
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::cli
