#include "plan/dump.h"

#include <fmt/format.h>

namespace aipol::plan {

namespace {

constexpr std::string_view rep_names[] = {"boolean", "integer", "real", "text", "ip", "texts", "integers", "records"};

template <class... A>
void line(std::string& out, fmt::format_string<A...> format, A&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<A>(arguments)...);
  out += '\n';
}

void dump_source(const Plan& plan, const Source& source, std::string& out) {
  std::string more;
  if (source.enumeration != ~0u) more += " of " + plan.enumerations[source.enumeration].name;
  if (source.optional) more += " optional";
  if (source.fallback) more += " else " + text_of(*source.fallback);
  line(out, "  {}: {}{} from {}", source.name(), rep_names[static_cast<size_t>(source.rep)], more,
       phase_names[static_cast<size_t>(source.phase)]);
}

void dump_statement(const Plan& plan, uint32_t number, std::string& out) {
  const Statement& statement = plan.statements[number];
  const Policy& policy = plan.policies[statement.policy];
  std::string effect(effect_names[static_cast<size_t>(statement.effect)]);
  if (statement.status != 0) effect += fmt::format(" {}", statement.status);
  line(out, "  {} {}.{} {}:{} {} rank {}", number, policy.package, policy.name, statement.place.file,
       statement.place.line, effect, statement.rank);
  line(out, "    when {}", text_of(plan, statement.guard));
  if (statement.message != no_node) line(out, "    message {}", text_of(plan, statement.message));
}

void dump_stage(const Plan& plan, const Stage& stage, std::string& out) {
  line(out, "stage {}", phase_names[static_cast<size_t>(stage.phase)]);
  std::string demand;
  for (SourceId source : stage.demand) demand += (demand.empty() ? "" : ", ") + plan.sources[source].name();
  line(out, "  demand {}", demand);
  for (uint32_t statement : stage.statements) dump_statement(plan, statement, out);
}

}  // namespace

std::string dump(const Plan& plan) {
  std::string out;
  line(out, "plan {}", plan.version);
  line(out, "sources");
  for (const Source& source : plan.sources) dump_source(plan, source, out);
  for (const Stage& stage : plan.stages) dump_stage(plan, stage, out);
  return out;
}

}  // namespace aipol::plan
