#include "runtime/offline/simulation.h"

#include <algorithm>

#include "runtime/enforce/output_stream.h"
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
  std::vector<std::string>& chunks = described.reply.chunks;
  if (chunks.empty() && described.call.ai.stream) chunks.push_back(response.text);
  if (!chunks.empty()) response.text.clear();
  for (const std::string& chunk : chunks) response.text += chunk;
  const std::string& error = described.reply.error;
  if (!error.empty()) response.status = error == "timeout" ? 504 : 502;
  if (response.status == 0) response.status = 200;
  if (response.size == 0) response.size = static_cast<int64_t>(response.text.size());
}

// With so much of the answer: in proportion to what will be reported, else as estimated.
context::Usage usage_with(const DescribedCall& described, size_t bytes, size_t whole) {
  constexpr size_t bytes_a_token = 4;
  context::Usage usage = described.call.usage;
  if (usage.cached) return usage;
  auto reported = static_cast<size_t>(usage.output_tokens);
  size_t tokens = reported == 0 ? (bytes + bytes_a_token - 1) / bytes_a_token
                                : (reported * bytes + whole - 1) / std::max<size_t>(whole, 1);
  usage.output_tokens = static_cast<int64_t>(tokens);
  if (!described.has_usage) usage.input_tokens = context::input_tokens(described.call.ai);
  if (!described.has_cost) usage.cost = 0;
  return usage;
}

}  // namespace

Result<std::unique_ptr<Simulation>> Simulation::make(
    std::shared_ptr<const decision::Program> program, enforce::Assets assets, int64_t time) {
  std::unique_ptr<Simulation> made(new Simulation(time));
  enforce::World world{made->clock_, made->store_, made->sessions_, made->alerts_, made->answers_};
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
std::optional<Decision> Simulation::judge(DescribedCall& described, Outcome& outcome) {
  const decision::Program& program = engine_->program();
  if (auto refused = passage_->head()) return refused;
  const plan::Endpoint* endpoint = program.endpoint(described.call.request.path);
  if (auto bad = complete_body(program, *endpoint, described)) return bad;
  if (auto refused = passage_->body()) return refused;
  const context::Usage estimate = estimate_of(described);
  if (auto refused = passage_->choose(estimate)) return refused;
  outcome.cached = passage_->recall();
  return passage_->admit(estimate);
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

// What the client gets of the upstream's answer, or of the one that was kept.
std::optional<Decision> Simulation::answer_to(DescribedCall& described) {
  bool streams = !described.reply.chunks.empty() && described.reply.error.empty();
  if (streams) return stream(described);
  if (described.reply.error.empty()) passage_->keep_answer(answer_);
  std::optional<Decision> refused = passage_->output();
  if (!refused) return std::nullopt;
  context::Response& response = described.call.response;
  response.status = refused->status;
  response.text.clear();
  response.tool_calls.clear();
  return refused;
}

std::optional<Decision> Simulation::stream(DescribedCall& described) {
  context::Response& response = described.call.response;
  response.text.clear();
  enforce::OutputStream stream(*passage_);
  std::string given;
  size_t bytes = 0;
  const std::vector<std::string>& chunks = described.reply.chunks;
  for (size_t i = 0; i < chunks.size() && !stream.refused(); ++i) {
    bytes += chunks[i].size();
    bool last = i + 1 == chunks.size();
    if (last) passage_->keep_answer(answer_);
    given += stream.push(chunks[i], usage_with(described, bytes, answer_.text.size()), last);
  }
  response.text = std::move(given);
  if (stream.refused() && !stream.cut()) {
    response.status = stream.refused()->status;
    response.tool_calls.clear();
  }
  return stream.refused();
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
    if (outcome.cached) {
      answer_ = call.response;
      described.reply = {};
      if (call.ai.stream) described.reply.chunks = {answer_.text};
    } else {
      target = forward(described, outcome);
    }
    failed = !described.reply.error.empty() || call.response.status >= 500;
    refused = answer_to(described);
  } else {
    outcome.cached = false;
    call.response = {};
    call.usage = {};
  }
  outcome.decision = refused ? std::move(*refused) : passage_->allowed();
  passage_->finish(outcome.decision, target, failed);
  outcome.decision.fired = passage_->evaluation().fired();
  outcome.shadow = passage_->shadow();
  outcome.record = passage_->record();
  outcome.alerts = passage_->alerts();
  return outcome;
}

}  // namespace aipol::offline
