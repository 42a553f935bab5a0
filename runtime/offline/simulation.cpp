#include "runtime/offline/simulation.h"

#include <algorithm>

#include "runtime/offline/complete_call.h"

namespace aipol::offline {

using decision::Decision;
using enforce::Passage;

namespace {

// Before the upstream has answered: by what the call says, else by what it will be said to use.
context::Usage estimate_of(const DescribedCall& described) {
  context::Usage estimate;
  const context::Ai& ai = described.call.ai;
  bool says = ai.input_tokens || !ai.messages.empty();
  estimate.input_tokens = says ? context::input_tokens(ai) : described.call.usage.input_tokens;
  estimate.output_tokens = ai.max_tokens.value_or(described.call.usage.output_tokens);
  return estimate;
}

bool failure(std::optional<int64_t> status) { return !status || *status >= 500 || *status == 429; }

void complete_response(DescribedCall& described) {
  context::Response& response = described.call.response;
  for (const std::string& chunk : described.reply.chunks) response.text += chunk;
  const std::string& error = described.reply.error;
  if (!error.empty()) response.status = error == "timeout" ? 504 : 502;
  if (response.status == 0) response.status = 200;
  if (response.size == 0) response.size = static_cast<int64_t>(response.text.size());
}

}  // namespace

Result<std::unique_ptr<Simulation>> Simulation::make(
    std::shared_ptr<const decision::Program> program, enforce::Assets assets, int64_t time) {
  std::unique_ptr<Simulation> made(new Simulation(time));
  enforce::World world{made->clock_, made->store_, made->sessions_, made->alerts_};
  auto engine = enforce::Engine::make(std::move(program), std::move(assets), world,
                                      {.keep_all_meters = true});
  if (!engine) return std::unexpected(engine.error());
  made->engine_ = std::move(*engine);
  return made;
}

void Simulation::give(uint32_t model, const route::TargetStates::Given& state) {
  engine_->targets().give(model, state);
}

const decision::Evaluation* Simulation::evaluation() const {
  return passage_ == nullptr ? nullptr : &passage_->evaluation();
}

// What is decided before the call is forwarded.
std::optional<Decision> Simulation::judge(DescribedCall& described, Outcome&) {
  const decision::Program& program = engine_->program();
  if (auto refused = passage_->head()) return refused;
  const plan::Endpoint* endpoint = program.endpoint(described.call.request.path);
  if (auto bad = complete_body(program, *endpoint, described)) return bad;
  if (auto refused = passage_->body()) return refused;
  return passage_->admit(estimate_of(described));
}

// Tries the targets; the one that answered, or the last that failed to.
std::optional<uint32_t> Simulation::forward(DescribedCall& described, Outcome& outcome) {
  complete_response(described);
  answer_ = described.call.response;
  std::optional<int64_t> status;
  if (described.reply.error.empty()) status = described.call.response.status;
  std::optional<uint32_t> last;
  for (uint32_t target : passage_->attempts()) {
    last = target;
    route::Attempt attempt = engine_->targets().begin(target);
    engine_->targets().finish(attempt,
                              failure(status) ? route::Outcome::failed : route::Outcome::answered,
                              described.call.response.latency_ns);
    if (!passage_->tries_again(status)) break;
  }
  if (last) {
    outcome.forwarded = passage_->forwarded(*last);
    outcome.target = engine_->plan().deployment.models[*last].name;
    if (auto mirror = passage_->mirror())
      outcome.mirror = engine_->plan().deployment.models[*mirror].name;
  }
  return last;
}

Outcome Simulation::decide(DescribedCall& described) {
  Outcome outcome;
  context::Call& call = described.call;
  if (call.request.time_ns == 0) call.request.time_ns = clock_.now();
  passage_.reset();
  answer_ = {};
  if (auto bad = complete_head(engine_->program(), described)) {
    outcome.decision = std::move(*bad);
    call.usage = {};
    return outcome;
  }
  passage_ = std::make_unique<Passage>(*engine_, call);
  passage_->evaluation().around().load = described.load;
  passage_->evaluation().around().in_flight = described.in_flight;
  std::optional<Decision> refused = judge(described, outcome);
  std::optional<uint32_t> target;
  bool failed = false;
  if (!refused) {
    target = forward(described, outcome);
    failed = !described.reply.error.empty() || call.response.status >= 500;
    refused = passage_->output();
  } else {
    call.response = {};
    call.usage = {};
  }
  outcome.decision = refused ? std::move(*refused) : passage_->allowed();
  if (refused && target) {
    call.response.status = outcome.decision.status;
    call.response.text.clear();
    call.response.tool_calls.clear();
  }
  passage_->finish(outcome.decision, target, failed);
  outcome.decision.fired = passage_->evaluation().fired();
  outcome.shadow = passage_->shadow();
  outcome.record = passage_->record();
  outcome.alerts = passage_->alerts();
  return outcome;
}

}  // namespace aipol::offline
