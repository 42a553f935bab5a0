#include "runtime/decision/evaluation.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/check.h"
#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/columns.h"
#include "runtime/decision/values.h"
#include "runtime/meters/amount.h"
#include "runtime/meters/key.h"
#include "stdlib/native/cells.h"

namespace aipol::decision {

namespace {

using plan::NodeId;
using plan::Phase;

// Memory of a thread's evaluations; a stage runs to its end without giving the thread away.
struct Workspace {
  context::ColumnBuffer columns;
  AipolScratch scratch;
  std::vector<uint32_t> fired;
};

Workspace& workspace() {
  thread_local Workspace memory;
  return memory;
}

constexpr size_t usual_fired = 16;

bool refuses(const plan::Statement& statement) {
  return !statement.shadow && plan::refuses(statement.effect);
}

bool allows(const plan::Statement& statement) {
  return !statement.shadow && statement.effect == plan::Effect::allow;
}

// What needs a model is refused where it names none, or one that the set does not declare.
std::optional<Decision> model_refusal(const Program& program, const context::Call& call) {
  constexpr std::string_view without_model[] = {"none", "models", "files", "batch", "tool"};
  if (std::ranges::find(without_model, call.ai.operation) != std::end(without_model))
    return std::nullopt;
  if (call.model_name.empty()) return refused(Phase::body, 400, "the request names no model");
  if (program.model(call.model_name) != nullptr) return std::nullopt;
  return refused(Phase::body, 404, fmt::format("unknown model `{}`", call.model_name));
}

// Whether the policy's refusal answers rather than the unknown model's: that one has priority 0 and
// the empty name.
bool answers_first(const plan::Plan& plan, const plan::Statement& statement) {
  int64_t priority = plan.policies[statement.policy].priority;
  return priority > 0 || (priority == 0 && statement.status == 401);
}

}  // namespace

struct Evaluation::Frame {
  const Program::Stage& stage;
  Workspace& memory;
  const AipolCell* columns = nullptr;
};

Decision refused(Phase phase, uint16_t status, std::string message) {
  Decision decision;
  decision.status = status;
  decision.phase = phase;
  decision.message = std::move(message);
  return decision;
}

Evaluation::Evaluation(const Program& program, const context::Call& call,
                       context::Surroundings around, MeterReader* meters, Inspector* inspector)
    : program_(program), call_(call), around_(around), meters_(meters), inspector_(inspector) {
  size_t count = program.plan().meters.size();
  keys_.resize(count);
  counts_.resize(count);
  readings_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (program.plan().meters[i].where == plan::no_node) counts_[i] = true;
  }
  around_.meters = readings_;
  fired_.reserve(usual_fired);
  for (uint32_t meter : program.metering().keyed_always) add_key(meter, nullptr);
}

// What the stage reads, with the meters that are known by then.
void Evaluation::fill(Frame& frame) {
  Workspace& memory = frame.memory;
  memory.scratch.reset();
  auto read = [&] {
    frame.columns = frame.stage.calls->read(call_, around_, memory.columns, memory.scratch);
  };
  read();
  if (keys_.empty()) return;
  find_keys(frame);
  if (program_.metering().read[frame.stage.number].empty() || meters_ == nullptr) return;
  read_meters(frame);
  read();
}

void Evaluation::find_keys(const Frame& frame) {
  for (uint32_t meter : program_.metering().keyed[frame.stage.number]) {
    if (!keys_[meter]) add_key(meter, &frame);
  }
}

void Evaluation::add_key(uint32_t meter, const Frame* frame) {
  const plan::Plan& plan = program_.plan();
  std::string key;
  for (NodeId node : plan.meters[meter].keys) {
    bool constant = plan.code[node].op == plan::Op::constant;
    AipolCell cell{};
    if (constant) {
      cell = program_.constant(node);
    } else if (program_.computes(frame->stage, node)) {
      cell = program_.value(frame->stage, node, frame->columns, frame->memory.scratch);
    } else if (const plan::Constant* earlier = value(node)) {
      plan::CellStore store;
      meters::append_key(key, store.cell(*earlier), plan.code[node].rep);
      continue;
    }
    meters::append_key(key, cell, plan.code[node].rep);
  }
  keys_[meter] = std::move(key);
}

void Evaluation::read_meters(const Frame& frame) {
  const Metering& metering = program_.metering();
  for (uint32_t meter : metering.read[frame.stage.number]) {
    if (!keys_[meter]) continue;
    readings_[meter] = meters_->read(meter, *keys_[meter]);
    NodeId limit = metering.meters[meter].limit;
    if (limit == plan::no_node || !program_.computes(frame.stage, limit)) continue;
    AipolCell cell = program_.value(frame.stage, limit, frame.columns, frame.memory.scratch);
    bool real = program_.plan().code[limit].rep == plan::Rep::real;
    readings_[meter].limit =
        real ? meters::amount_of(std::bit_cast<double>(cell.a)) : static_cast<int64_t>(cell.a);
  }
}

void Evaluation::find_counts(const Frame& frame) {
  if (counts_.empty()) return;
  for (uint32_t meter : program_.metering().counted[frame.stage.number]) {
    NodeId where = program_.plan().meters[meter].where;
    counts_[meter] = program_.value(frame.stage, where, frame.columns, frame.memory.scratch).a != 0;
  }
}

// What the effects of this stage's and earlier statements are done with, as far as it is known now.
void Evaluation::keep_values(const Frame& frame) {
  const plan::Plan& plan = program_.plan();
  if (frame.stage.plan->computed.empty()) return;
  auto keep = [&](NodeId node) {
    if (plan.code[node].op == plan::Op::constant || value(node) != nullptr) return;
    if (!program_.computes(frame.stage, node)) return;
    AipolCell cell = program_.value(frame.stage, node, frame.columns, frame.memory.scratch);
    values_.emplace_back(node, owned(cell, plan.code[node].rep));
  };
  for (uint32_t number : fired_) {
    for (const plan::Argument& argument : plan.statements[number].arguments) {
      // Asked of each candidate anew.
      if (argument.name == "where") continue;
      for (NodeId node : argument.values) keep(node);
    }
  }
  // Keys may be completed in a later stage.
  for (size_t meter = 0; meter < keys_.size(); ++meter) {
    if (keys_[meter]) continue;
    for (NodeId node : plan.meters[meter].keys) keep(node);
  }
}

std::span<const uint32_t> Evaluation::fire(const Frame& frame) {
  Workspace& memory = frame.memory;
  const size_t most = program_.plan().statements.size() + 1;
  if (memory.fired.size() < most) memory.fired.resize(most);
  AipolFired fired{memory.fired.data(), 0};
  program_.native().stages[frame.stage.number](frame.columns, frame.stage.tables->abi(),
                                               &memory.scratch, &fired);
  return {fired.statements, fired.count};
}

std::string Evaluation::message(const Frame& frame, const plan::Statement& statement) const {
  if (statement.message == plan::no_node)
    return fmt::format("refused by the policy {}", program_.plan().policies[statement.policy].name);
  return std::string(native::text_of(
      program_.value(frame.stage, statement.message, frame.columns, frame.memory.scratch)));
}

std::optional<Evaluation::Refusal> Evaluation::answering(const Frame& frame,
                                                         std::span<const uint32_t> fired) const {
  const std::vector<plan::Statement>& statements = program_.plan().statements;
  std::optional<Refusal> refusal;
  auto add = [&](uint32_t number, std::optional<std::string> objection) {
    if (!refusal) refusal.emplace(Refusal{number, objection, {}});
    refusal->all.push_back(number);
    if (statements[number].rank >= statements[refusal->statement].rank) return;
    refusal->statement = number;
    refusal->objection = std::move(objection);
  };
  for (uint32_t number : fired) {
    const plan::Statement& statement = statements[number];
    if (refuses(statement)) add(number, std::nullopt);
    if (!plan::inspects(statement.effect) || inspector_ == nullptr) continue;
    std::optional<std::string> objection = inspector_->objection(number);
    if (objection && !statement.shadow) add(number, std::move(objection));
  }
  if (!refusal) return std::nullopt;
  std::ranges::sort(refusal->all);
  refusal->message = refusal->objection ? std::move(*refusal->objection)
                                        : message(frame, statements[refusal->statement]);
  return refusal;
}

std::optional<Evaluation::Refusal> Evaluation::run(Phase phase, std::span<const uint32_t> more) {
  const Program::Stage* stage = program_.stage(phase);
  if (stage == nullptr) return std::nullopt;
  Frame frame{*stage, workspace()};
  fill(frame);
  std::span<const uint32_t> fired = fire(frame);
  std::vector<uint32_t> kept;
  // Who inspects may evaluate, too.
  if (!more.empty() || inspector_ != nullptr) {
    kept.assign(fired.begin(), fired.end());
    const std::vector<plan::Statement>& statements = program_.plan().statements;
    if (!more.empty())
      std::erase_if(kept, [&](uint32_t number) { return refuses(statements[number]); });
    kept.insert(kept.end(), more.begin(), more.end());
    fired = kept;
  }
  fired_.insert(fired_.end(), fired.begin(), fired.end());
  std::ranges::sort(fired_);
  find_counts(frame);
  keep_values(frame);
  return answering(frame, fired);
}

Decision Evaluation::refused_by(const Refusal& refusal, Phase phase) const {
  Decision decision =
      refused(phase, program_.plan().statements[refusal.statement].status, refusal.message);
  decision.statement = refusal.statement;
  decision.refusing = refusal.all;
  decision.fired = fired_;
  return decision;
}

std::optional<Decision> Evaluation::head() {
  std::optional<Refusal> refusal = run(Phase::head);
  if (!refusal) return std::nullopt;
  return refused_by(*refusal, Phase::head);
}

void Evaluation::choose_route() {
  const std::vector<plan::Statement>& statements = program_.plan().statements;
  for (uint32_t number : fired_) {
    const plan::Statement& statement = statements[number];
    if (statement.effect != plan::Effect::route || statement.shadow) continue;
    if (!route_ || statement.rank < statements[*route_].rank) route_ = number;
  }
}

Decision Evaluation::body() {
  std::optional<Refusal> refusal = run(Phase::body);
  choose_route();
  std::optional<Decision> unknown = route_ ? std::nullopt : model_refusal(program_, call_);
  const plan::Plan& plan = program_.plan();
  if (refusal && (!unknown || answers_first(plan, plan.statements[refusal->statement]))) {
    return refused_by(*refusal, Phase::body);
  }
  auto allow = std::ranges::find_if(fired_, [&](uint32_t s) { return allows(plan.statements[s]); });
  bool allowed = !unknown && allow != fired_.end();
  Decision decision = unknown   ? std::move(*unknown)
                      : allowed ? refused(Phase::body, 200, {})
                                : refused(Phase::body, 403, "no policy allows this request");
  decision.allowed = allowed;
  if (allowed) decision.statement = *allow;
  decision.fired = fired_;
  return decision;
}

Evaluation::Opinion Evaluation::candidate(const context::Candidate& candidate) {
  Opinion opinion;
  const Program::Stage* stage = program_.stage(Phase::target);
  if (stage == nullptr) return opinion;
  candidates_.push_back(candidate);
  around_.target = candidate;
  Frame frame{*stage, workspace()};
  fill(frame);
  std::span<const uint32_t> fired = fire(frame);
  opinion.fired.assign(fired.begin(), fired.end());
  if (std::optional<Refusal> refusal = answering(frame, opinion.fired)) {
    opinion.refusing = refusal->statement;
    opinion.message = std::move(refusal->message);
  }
  const plan::Argument* where =
      route_ ? argument(program_.plan().statements[*route_], "where") : nullptr;
  if (where != nullptr)
    opinion.wanted =
        program_.value(*stage, where->values[0], frame.columns, frame.memory.scratch).a != 0;
  find_counts(frame);
  keep_values(frame);
  around_.target.reset();
  return opinion;
}

std::optional<Decision> Evaluation::output(std::span<const uint32_t> cutting) {
  std::optional<Refusal> refusal = run(Phase::output, cutting);
  if (!refusal) return std::nullopt;
  return refused_by(*refusal, Phase::output);
}

void Evaluation::end() { std::ignore = run(Phase::end); }

const plan::Constant* Evaluation::value(NodeId node) const {
  const plan::Plan& plan = program_.plan();
  if (plan.code[node].op == plan::Op::constant) return &plan.constants[plan.code[node].payload];
  auto found = std::ranges::find(values_, node, &std::pair<NodeId, plan::Constant>::first);
  return found == values_.end() ? nullptr : &found->second;
}

const std::string* Evaluation::key(uint32_t meter) const {
  return keys_[meter] ? &*keys_[meter] : nullptr;
}

std::optional<bool> Evaluation::counts(uint32_t meter) const { return counts_[meter]; }

int64_t Evaluation::summed(uint32_t meter) {
  const plan::Plan& plan = program_.plan();
  NodeId sum = plan.meters[meter].sum;
  AipolCell cell;
  const Program::Stage* stage = program_.stage(Phase::end);
  if (plan.code[sum].op == plan::Op::constant) {
    cell = program_.constant(sum);
  } else {
    AIPOL_CHECK(stage != nullptr && program_.computes(*stage, sum), "sums are known at the end");
    Frame frame{*stage, workspace()};
    fill(frame);
    cell = program_.value(*stage, sum, frame.columns, frame.memory.scratch);
  }
  if (plan.code[sum].rep == plan::Rep::real)
    return meters::amount_of(std::bit_cast<double>(cell.a));
  return static_cast<int64_t>(cell.a);
}

}  // namespace aipol::decision
