#include "plan/dump.h"

#include <fmt/format.h>

namespace aipol::plan {

namespace {

constexpr std::string_view rep_names[] = {"boolean", "integer", "real", "text", "ip", "texts", "integers", "records", "handle"};

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

std::string listed(const Plan& plan, const std::vector<NodeId>& nodes) {
  std::string out;
  for (NodeId node : nodes) out += (out.empty() ? " " : ", ") + text_of(plan, node);
  return out;
}

void dump_statement(const Plan& plan, uint32_t number, std::string& out) {
  const Statement& statement = plan.statements[number];
  const Policy& policy = plan.policies[statement.policy];
  std::string effect(effect_names[static_cast<size_t>(statement.effect)]);
  if (statement.shadow) effect = "shadow " + effect;
  if (statement.status != 0) effect += fmt::format(" {}", statement.status);
  line(out, "  {} {}.{} {}:{} {} rank {}", number, policy.package, policy.name, statement.place.file,
       statement.place.line, effect, statement.rank);
  line(out, "    when {}", text_of(plan, statement.guard));
  if (statement.message != no_node) line(out, "    message {}", text_of(plan, statement.message));
  for (const Argument& argument : statement.arguments) line(out, "    {}{}", argument.name, listed(plan, argument.values));
}

void dump_meter(const Plan& plan, const Meter& meter, std::string& out) {
  std::string over = meter.window.kind == Window::Kind::sliding
                         ? fmt::format("{} ns", meter.window.nanoseconds)
                         : std::string(window_names[static_cast<size_t>(meter.window.kind)]);
  line(out, "  {}.{} {} per {} in {} from {}{}", meter.package, meter.name,
       measure_names[static_cast<size_t>(meter.measure)], over, meter.zone,
       phase_names[static_cast<size_t>(meter.phase)], meter.shadow ? " shadow" : "");
  if (!meter.keys.empty()) line(out, "    by{}", listed(plan, meter.keys));
  if (meter.where != no_node) line(out, "    where {}", text_of(plan, meter.where));
  if (meter.sum != no_node) line(out, "    sum {}", text_of(plan, meter.sum));
  if (meter.limit != ~0u) line(out, "    of statement {}", meter.limit);
}

void dump_detector(const Detector& detector, std::string& out) {
  line(out, "  {} weight {} longest {} verify {}", detector.name, detector.weight, detector.longest,
       verify_names[static_cast<size_t>(detector.verify)]);
  for (const std::string& pattern : detector.patterns) line(out, "    match {}", text_of(Constant(pattern)));
  for (const std::string& phrase : detector.phrases) line(out, "    phrase {}", text_of(Constant(phrase)));
}

template <class Items, class Dump>
void dump_all(std::string_view title, const Items& items, Dump dump_one, std::string& out) {
  if (!items.empty()) line(out, "{}", title);
  for (const auto& item : items) dump_one(item);
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
  dump_all("meters", plan.meters, [&](const Meter& meter) { dump_meter(plan, meter, out); }, out);
  dump_all("detectors", plan.detectors, [&](const Detector& detector) { dump_detector(detector, out); }, out);
  dump_all("documents", plan.documents, [&](const Document& document) {
    line(out, "  {} from {}", document.name, document.file);
  }, out);
  dump_all("questions", plan.questions, [&](const Question& question) {
    line(out, "  {} of {}", plan.sources[question.source].name(), text_of(plan, question.text));
  }, out);
  return out;
}

}  // namespace aipol::plan
