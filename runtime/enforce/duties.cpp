// What is owed once a call has ended: its record, alerts, what its session remembers.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/enforce/arguments.h"
#include "runtime/enforce/passage.h"

namespace aipol::enforce {

namespace {

// The statements of an effect that fired and are enforced.
template <class F>
void each(const decision::Evaluation& evaluation, plan::Effect effect, F act) {
  const plan::Plan& plan = evaluation.program().plan();
  for (uint32_t number : evaluation.fired()) {
    const plan::Statement& statement = plan.statements[number];
    if (statement.effect == effect && !statement.shadow) act(number);
  }
}

void add_numbers(std::set<uint32_t>& to, const std::vector<int64_t>& numbers) {
  for (int64_t number : numbers) to.insert(static_cast<uint32_t>(number));
}

}  // namespace

void Passage::keep_record(const decision::Decision&, std::optional<uint32_t> target) {
  record_.model = call_.model_name;
  if (target) record_.target = engine_.plan().deployment.models[*target].name;
  record_.principal = call_.principal.id;
  record_.tags.insert(call_.ai.tags.begin(), call_.ai.tags.end());
  each(evaluation_, plan::Effect::tag, [&](uint32_t number) {
    Arguments arguments(evaluation_, number);
    if (!arguments.has("session")) record_.tags.insert(arguments.text("label"));
  });
  std::optional<int64_t> level;
  std::optional<double> sample;
  each(evaluation_, plan::Effect::log, [&](uint32_t number) {
    Arguments arguments(evaluation_, number);
    level = std::max(level.value_or(0), arguments.integer("level"));
    sample = std::max(sample.value_or(0), arguments.real("sample", 1));
    record_.retain = std::max(record_.retain, arguments.integer("retain"));
    add_numbers(record_.sinks, arguments.integers("sinks"));
    add_numbers(record_.redacted, arguments.integers("detectors"));
  });
  each(evaluation_, plan::Effect::redact, [&](uint32_t number) {
    Arguments arguments(evaluation_, number);
    if (arguments.has("logs")) add_numbers(record_.redacted, arguments.integers("detectors"));
  });
  if (level) record_.level = static_cast<LogLevel>(*level);
  if (sample) record_.sample = *sample;
}

// What an alert is about: the keys of the meters that it reads, as `app_minute.ratio >= 80%` is
// about an app; without one, its text.
std::string Passage::subject(const plan::Statement& statement, const std::string& text) const {
  const plan::Plan& plan = engine_.plan();
  std::set<uint32_t> meters;
  auto collect = [&](auto&& self, plan::NodeId node) -> void {
    const plan::Node& at = plan.code[node];
    if (at.op == plan::Op::source || at.op == plan::Op::has) {
      if (auto meter = engine_.program().facts().meter_of(at.payload)) meters.insert(*meter);
    }
    for (plan::NodeId argument : plan.code.arguments(node)) self(self, argument);
  };
  collect(collect, statement.guard);
  collect(collect, decision::argument(statement, "text")->values[0]);
  std::string key;
  for (uint32_t meter : meters) {
    if (const std::string* one = evaluation_.key(meter)) key += *one;
  }
  return meters.empty() ? text : key;
}

void Passage::send_alerts() {
  const plan::Plan& plan = engine_.plan();
  each(evaluation_, plan::Effect::alert, [&](uint32_t number) {
    Arguments arguments(evaluation_, number);
    const plan::Statement& statement = plan.statements[number];
    const plan::Policy& policy = plan.policies[statement.policy];
    Alert alert{policy.name, arguments.text("text"), {}};
    for (int64_t sink : arguments.integers("sinks"))
      alert.sinks.push_back(static_cast<uint32_t>(sink));
    std::string origin = fmt::format("{}.{}:{}", policy.package, policy.name,
                                     statement.place.line - policy.place.line);
    if (engine_.world().alerts.due(origin, subject(statement, alert.text),
                                   arguments.integer("every"), engine_.world().clock.now()))
      due_.push_back(std::move(alert));
  });
}

void Passage::remember_session() {
  std::set<std::string> tags;
  each(evaluation_, plan::Effect::tag, [&](uint32_t number) {
    Arguments arguments(evaluation_, number);
    if (arguments.has("session")) tags.insert(arguments.text("label"));
  });
  engine_.world().sessions.remember(call_.session.id, tags, engine_.world().clock.now());
}

}  // namespace aipol::enforce
