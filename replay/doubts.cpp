#include "replay/doubts.h"

#include <algorithm>

namespace aipol::replay {

using decision::LimitOf;
using plan::Phase;
using plan::SourceId;

namespace {

constexpr size_t most_remembered = 256;  // sets of what is unknown

// But for the status, which is known or taken to be 200.
constexpr FieldSet of_answered = FieldSet::range(Field::response_status, Field::response_latency)
                                     .without({Field::response_status});

bool refuses(const plan::Statement& statement) {
  return plan::refuses(statement.effect) || plan::inspects(statement.effect);
}

// What an inspecting statement looks at.
Field inspected(const plan::Statement& statement) {
  return statement.phase <= Phase::body ? Field::request_body_text : Field::response_text;
}

std::string name_of(Field field) { return std::string(field_paths[static_cast<size_t>(field)]); }

// By what the request is expected to use, or used.
bool counts_usage(plan::Measure measure) {
  using enum plan::Measure;
  return measure == tokens || measure == input_tokens || measure == output_tokens ||
         measure == usd || measure == sum;
}

bool needs_model(std::string_view operation) {
  constexpr std::string_view without[] = {"none", "models", "files", "batch", "tool"};
  return std::ranges::find(without, operation) == std::end(without);
}

}  // namespace

Doubts::Doubts(const decision::Program& program)
    : program_(program),
      plan_(program.plan()),
      knowledge_(program),
      three_valued_(program.plan()) {}

void Doubts::doubt(const Missing& missing) {
  for (SourceId source : missing) {
    std::optional<uint32_t> meter = program_.facts().meter_of(source);
    if (!meter) {
      fields_.insert(plan_.sources[source].name());
      continue;
    }
    // What a meter holds is not known where its keys are not.
    Missing keys;
    for (plan::NodeId key : plan_.meters[*meter].keys) three_valued_.add_missing(key, keys);
    doubt(keys);
  }
}

bool Doubts::is_affected(uint32_t number) {
  const plan::Statement& statement = plan_.statements[number];
  if (three_valued_.depends(statement.guard)) return true;
  auto reads = [&](plan::NodeId node) {
    return node != plan::no_node && three_valued_.depends(node);
  };
  for (const LimitOf& limit : program_.metering().limits) {
    if (limit.statement != number) continue;
    const plan::Meter& meter = plan_.meters[limit.meter];
    return reads(limit.amount) || reads(limit.burst) || reads(meter.where) ||
           std::ranges::any_of(meter.keys, reads);
  }
  const plan::Argument* where =
      statement.effect == plan::Effect::route ? decision::argument(statement, "where") : nullptr;
  return where != nullptr && reads(where->values[0]);
}

const Doubts::Affected& Doubts::affected() {
  auto found = by_unknown_.find(unknown_);
  if (found != by_unknown_.end()) return found->second;
  if (by_unknown_.size() == most_remembered) by_unknown_.clear();
  Affected& made = by_unknown_[unknown_];
  made.resize(plan::phase_count);
  for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
    const plan::Statement& statement = plan_.statements[number];
    if (!statement.shadow && is_affected(number))
      made[static_cast<size_t>(statement.phase)].push_back(number);
  }
  return made;
}

void Doubts::look_at_facts(const Looked& at, Phase phase) {
  auto stage = std::ranges::find(plan_.stages, phase, &plan::Stage::phase);
  scratch_.reset();
  program_.facts().read(call_, at.evaluation.around(), stage->demand, facts_, scratch_);
  three_valued_.look_at(facts_);
}

// Those that surely refuse in the phase, and those that may.
Doubts::Refusals Doubts::refusals(const Looked& at, Phase phase) {
  const std::vector<uint32_t>& affected = at.affected[static_cast<size_t>(phase)];
  Refusals out;
  if (at.refused_in(phase)) {
    for (uint32_t number : at.decision.refusing) {
      if (!std::ranges::binary_search(affected, number)) out.surely.push_back(number);
    }
  }
  bool looked = false;
  for (uint32_t number : affected) {
    const plan::Statement& statement = plan_.statements[number];
    if (!refuses(statement)) continue;
    if (!std::exchange(looked, true)) look_at_facts(at, phase);
    Missing missing;
    Truth truth = three_valued_.truth(statement.guard, missing);
    if (truth == Truth::no) continue;
    bool certain = truth == Truth::yes && !plan::inspects(statement.effect);
    (certain ? out.surely : out.perhaps).push_back(number);
  }
  // What inspects looks at texts that no guard reads.
  for (uint32_t number : at.decision.fired) {
    const plan::Statement& statement = plan_.statements[number];
    if (statement.phase != phase || statement.shadow || !plan::inspects(statement.effect)) continue;
    if (!at.known.fields.has(inspected(statement))) out.perhaps.push_back(number);
  }
  return out;
}

bool Doubts::passes(const Looked& at, Phase phase) {
  Refusals found = refusals(at, phase);
  auto rank = [&](uint32_t number) { return plan_.statements[number].rank; };
  auto best = std::ranges::min_element(found.surely, {}, rank);
  for (uint32_t number : found.perhaps) {
    const plan::Statement& perhaps = plan_.statements[number];
    if (best != found.surely.end()) {
      const plan::Statement& answers = plan_.statements[*best];
      bool alike = perhaps.policy == answers.policy && perhaps.status == answers.status;
      if (alike || perhaps.rank > answers.rank) continue;
    }
    Missing missing;
    bool unknown = three_valued_.depends(perhaps.guard) &&
                   three_valued_.truth(perhaps.guard, missing) == Truth::unknown;
    if (unknown)
      doubt(missing);
    else
      fields_.insert(name_of(inspected(perhaps)));
  }
  return found.surely.empty() && found.perhaps.empty();
}

void Doubts::look_at_routes(const Looked& at, Missing& missing) {
  for (Phase phase : {Phase::head, Phase::body}) {
    for (uint32_t number : at.affected[static_cast<size_t>(phase)]) {
      if (plan_.statements[number].effect != plan::Effect::route) continue;
      look_at_facts(at, phase);
      Truth truth = three_valued_.truth(plan_.statements[number].guard, missing);
      target_unknown_ = target_unknown_ || truth == Truth::unknown;
    }
  }
}

// A request that needs a model, and is routed to none, is refused where it names none or one that
// is not declared: before other refusals, but for those that have a priority, and 401.
bool Doubts::model_is_told(const Looked& at) {
  Missing missing;
  look_at_routes(at, missing);
  if (!needs_model(call_.ai.operation)) return true;
  bool routed = at.evaluation.route().has_value();
  bool named = at.known.fields.has(Field::model_name);
  bool declared = named && program_.model(call_.model_name) != nullptr;
  if (declared || (routed && !target_unknown_)) return true;
  if (at.refused_in(Phase::body) && at.decision.statement) {
    const plan::Statement& statement = plan_.statements[*at.decision.statement];
    int64_t priority = plan_.policies[statement.policy].priority;
    if (priority > 0 || (priority == 0 && statement.status == 401)) return true;
  }
  if (!named) fields_.insert(name_of(Field::model_name));
  if (target_unknown_) doubt(missing);
  return named && !target_unknown_;
}

// Whether something surely allows it.
bool Doubts::is_admitted(const Looked& at) {
  auto allows = [&](uint32_t number) {
    const plan::Statement& statement = plan_.statements[number];
    return statement.effect == plan::Effect::allow && !statement.shadow;
  };
  bool surely = std::ranges::any_of(at.decision.fired, [&](uint32_t number) {
    const Affected& affected = at.affected;
    auto phase = static_cast<size_t>(plan_.statements[number].phase);
    return allows(number) && !std::ranges::binary_search(affected[phase], number);
  });
  Missing missing;
  for (Phase phase : {Phase::head, Phase::body}) {
    for (uint32_t number : at.affected[static_cast<size_t>(phase)]) {
      if (surely || !allows(number)) continue;
      look_at_facts(at, phase);
      surely = three_valued_.truth(plan_.statements[number].guard, missing) == Truth::yes;
    }
  }
  if (!surely) doubt(missing);
  return surely && !at.refused_in(Phase::body);
}

// Which models could answer: whether one is left, and which is first.
bool Doubts::passes_targets(const Looked& at) {
  const std::vector<uint32_t>& affected = at.affected[static_cast<size_t>(Phase::target)];
  auto stage = std::ranges::find(plan_.stages, Phase::target, &plan::Stage::phase);
  std::optional<uint32_t> route = at.evaluation.route();
  const plan::Argument* where =
      route ? decision::argument(plan_.statements[*route], "where") : nullptr;
  bool asks = where != nullptr && three_valued_.depends(where->values[0]);
  Missing missing;
  context::Surroundings around = at.evaluation.around();
  if (!affected.empty() || asks) {
    for (const context::Candidate& candidate : at.evaluation.candidates()) {
      around.target = candidate;
      scratch_.reset();
      program_.facts().read(call_, around, stage->demand, facts_, scratch_);
      three_valued_.look_at(facts_);
      for (uint32_t number : affected)
        std::ignore = three_valued_.truth(plan_.statements[number].guard, missing);
      if (asks) std::ignore = three_valued_.truth(where->values[0], missing);
    }
  }
  doubt(missing);
  target_unknown_ = target_unknown_ || !missing.empty();
  if (target_unknown_ && stage != plan_.stages.end() && missing.empty()) fields_.insert("target");
  if (!fields_.empty()) return false;
  bool by_limit = at.decision.statement &&
                  plan_.statements[*at.decision.statement].effect == plan::Effect::limit;
  return !at.refused_in(Phase::target) || by_limit;
}

void Doubts::doubt_limit(const Looked& at, const LimitOf& limit) {
  const plan::Meter& meter = plan_.meters[limit.meter];
  Missing missing;
  for (plan::NodeId node : {limit.amount, limit.burst, meter.where}) {
    if (node != plan::no_node) three_valued_.add_missing(node, missing);
  }
  for (plan::NodeId key : meter.keys) three_valued_.add_missing(key, missing);
  doubt(missing);
  const FieldSet& known = at.known.fields;
  bool estimated = known.has_any({Field::ai_input_tokens, Field::usage_input_tokens});
  if (counts_usage(meter.measure) && !estimated) fields_.insert(name_of(Field::usage_input_tokens));
}

bool Doubts::passes_limits(const Looked& at) {
  bool refused = at.refused_in(Phase::target);
  for (const LimitOf& limit : program_.metering().limits) {
    const plan::Statement& statement = plan_.statements[limit.statement];
    if (statement.shadow) continue;
    // What would answer behind the limit that surely refuses does not matter.
    if (refused && statement.rank >= plan_.statements[*at.decision.statement].rank &&
        limit.statement != *at.decision.statement)
      continue;
    Missing missing;
    Truth truth = Truth::no;
    if (three_valued_.depends(statement.guard)) {
      look_at_facts(at, statement.phase);
      truth = three_valued_.truth(statement.guard, missing);
      if (truth == Truth::unknown) doubt(missing);
    } else if (std::ranges::binary_search(at.decision.fired, limit.statement)) {
      truth = Truth::yes;
    }
    if (truth != Truth::no) doubt_limit(at, limit);
  }
  return !refused && fields_.empty();
}

Known Doubts::without_answer(Known known) {
  known.fields = known.fields.without(of_answered);
  return known;
}

const std::set<std::string>& Doubts::about(const Known& known,
                                           const decision::Evaluation* evaluation,
                                           const context::Response& response,
                                           const decision::Decision& decision) {
  fields_.clear();
  target_unknown_ = false;
  if (!known.fields.has(Field::request_path)) fields_.insert(name_of(Field::request_path));
  if (evaluation == nullptr || !fields_.empty()) return fields_;
  const context::Call& call = evaluation->call();
  knowledge_.find_unknown(known, call, unknown_);
  bool counted = !program_.metering().limits.empty() &&
                 !known.fields.has_any({Field::ai_input_tokens, Field::usage_input_tokens});
  bool inspects = std::ranges::any_of(decision.fired, [&](uint32_t number) {
    return plan::inspects(plan_.statements[number].effect);
  });
  if (unknown_.empty() && !counted && !inspects && known.fields.has(Field::model_name))
    return fields_;
  three_valued_.begin(unknown_);
  call_ = call;
  call_.response = response;
  Looked at{known, *evaluation, decision, affected()};
  if (!passes(at, Phase::head)) return fields_;
  if (at.refused_in(Phase::head)) return fields_;
  if (!model_is_told(at) || !passes(at, Phase::body)) return fields_;
  // A body that can not be read, whatever else is not known.
  bool bad = at.refused_in(Phase::body) && !decision.statement && decision.status != 403 &&
             decision.status != 404;
  if (bad && known.fields.has(Field::request_body_text)) return fields_;
  if (!is_admitted(at) || !passes_targets(at) || !passes_limits(at)) return fields_;
  std::ignore = passes(at, Phase::output);
  return fields_;
}

}  // namespace aipol::replay
