#include "runtime/decision/evaluation.h"

#include <algorithm>

#include <fmt/format.h>

#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/columns.h"
#include "stdlib/native/cells.h"

namespace aipol::decision {

namespace {

// Memory of a thread's evaluations; a stage runs to its end without giving the thread away.
struct Workspace {
  plan::Facts facts;
  context::ColumnBuffer columns;
  AipolScratch scratch;
  std::vector<uint32_t> fired;
};

Workspace& workspace() {
  thread_local Workspace memory;
  return memory;
}

bool refuses(const plan::Statement& statement) { return !statement.shadow && plan::refuses(statement.effect); }

bool allows(const plan::Statement& statement) {
  return !statement.shadow && statement.effect == plan::Effect::allow;
}

std::string message_of(const Program& program, const Program::Stage& stage, uint32_t number,
                       const AipolCell* columns, AipolScratch& scratch) {
  const plan::Statement& statement = program.plan().statements[number];
  if (statement.message == plan::no_node) {
    return fmt::format("refused by the policy {}", program.plan().policies[statement.policy].name);
  }
  AipolCell text = program.value(stage, statement.message, columns, scratch);
  return std::string(native::text_of(text));
}

// What needs a model is refused where it names none, or one that the set does not declare.
std::optional<Decision> model_refusal(const Program& program, const context::Call& call) {
  constexpr std::string_view without_model[] = {"none", "models", "files", "batch", "tool"};
  if (std::ranges::find(without_model, call.ai.operation) != std::end(without_model))
    return std::nullopt;
  if (call.model_name.empty()) return refused(plan::Phase::body, 400, "the request names no model");
  if (program.model(call.model_name) != nullptr) return std::nullopt;
  return refused(plan::Phase::body, 404, fmt::format("unknown model `{}`", call.model_name));
}

// Whether the policy's refusal answers rather than the unknown model's: that one has priority 0 and
// the empty name.
bool answers_first(const plan::Plan& plan, const plan::Statement& statement) {
  int64_t priority = plan.policies[statement.policy].priority;
  return priority > 0 || (priority == 0 && statement.status == 401);
}

}  // namespace

Decision refused(plan::Phase phase, uint16_t status, std::string message) {
  Decision decision;
  decision.status = status;
  decision.phase = phase;
  decision.message = std::move(message);
  return decision;
}

std::optional<Evaluation::Refusal> Evaluation::run(plan::Phase phase) {
  const Program::Stage* stage = program_.stage(phase);
  if (stage == nullptr) return std::nullopt;
  Workspace& memory = workspace();
  const std::vector<plan::Statement>& statements = program_.plan().statements;
  memory.scratch.reset();
  memory.fired.resize(statements.size() + 1);
  program_.facts().read(call_, stage->plan->demand, memory.facts, memory.scratch);
  const AipolCell* columns = stage->columns->fill(memory.facts, memory.columns);
  AipolFired fired{memory.fired.data(), 0};
  program_.native().stages[stage->number](columns, stage->tables->abi(), &memory.scratch, &fired);

  std::optional<uint32_t> answering;
  for (uint64_t i = 0; i < fired.count; ++i) {
    uint32_t number = fired.statements[i];
    fired_.push_back(number);
    if (!refuses(statements[number])) continue;
    if (!answering || statements[number].rank < statements[*answering].rank) answering = number;
  }
  std::ranges::sort(fired_);
  if (!answering) return std::nullopt;
  return Refusal{*answering, message_of(program_, *stage, *answering, columns, memory.scratch)};
}

Decision Evaluation::refused_by(const Refusal& refusal, plan::Phase phase) const {
  Decision decision =
      refused(phase, program_.plan().statements[refusal.statement].status, refusal.message);
  decision.statement = refusal.statement;
  decision.fired = fired_;
  return decision;
}

std::optional<Decision> Evaluation::head() {
  std::optional<Refusal> refusal = run(plan::Phase::head);
  if (!refusal) return std::nullopt;
  return refused_by(*refusal, plan::Phase::head);
}

Decision Evaluation::body() {
  std::optional<Refusal> refusal = run(plan::Phase::body);
  std::optional<Decision> unknown = model_refusal(program_, call_);
  const plan::Plan& plan = program_.plan();
  if (refusal && (!unknown || answers_first(plan, plan.statements[refusal->statement]))) {
    return refused_by(*refusal, plan::Phase::body);
  }
  Decision decision = unknown ? std::move(*unknown)
                              : refused(plan::Phase::body, 403, "no policy allows this request");
  decision.fired = fired_;
  if (unknown) return decision;
  auto allow =
      std::ranges::find_if(fired_, [&](uint32_t s) { return allows(plan.statements[s]); });
  if (allow == fired_.end()) return decision;
  decision.allowed = true;
  decision.status = 200;
  decision.message.clear();
  decision.statement = *allow;
  return decision;
}

}  // namespace aipol::decision
