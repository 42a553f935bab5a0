#include "runtime/offline/course.h"

#include <algorithm>

#include "runtime/enforce/output_stream.h"
#include "runtime/offline/complete_call.h"

namespace aipol::offline {

using decision::Decision;

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

Course::Course(enforce::Engine& engine, DescribedCall& described)
    : engine_(engine), described_(described) {
  context::Call& call = described.call;
  if (call.request.time_ns == 0) call.request.time_ns = engine.world().clock.now();
}

void Course::judge() {
  refused_ = complete_head(engine_.program(), described_);
  if (refused_) return;
  passage_.emplace(engine_, described_.call);
  passage_->evaluation().around().load = described_.load;
  passage_->evaluation().around().in_flight = described_.in_flight;
  refused_ = refusal();
}

std::optional<Decision> Course::refusal() {
  const decision::Program& program = engine_.program();
  if (auto refused = passage_->head()) return refused;
  if (auto bad = complete_body(program, described_)) return bad;
  if (auto refused = passage_->body()) return refused;
  estimate_ = estimate_of(described_);
  return passage_->choose(estimate_);
}

// Tries the targets; the one that answered, or the last that failed to.
std::optional<uint32_t> Course::forward(bool keep_forwarded) {
  complete_response(described_);
  answer_ = described_.call.response;
  std::optional<int64_t> status;
  if (described_.reply.error.empty()) status = described_.call.response.status;
  std::optional<uint32_t> last;
  for (uint32_t target : passage_->attempts()) {
    last = target;
    route::Attempt attempt = engine_.targets().begin(target);
    engine_.targets().finish(attempt,
                             failure(status) ? route::Outcome::failed : route::Outcome::answered,
                             described_.call.response.latency_ns);
    if (!passage_->tries_again(status)) break;
  }
  if (last) {
    if (keep_forwarded) outcome_.forwarded = passage_->forwarded(*last);
    outcome_.target = engine_.plan().deployment.models[*last].name;
    if (auto mirror = passage_->mirror())
      outcome_.mirror = engine_.plan().deployment.models[*mirror].name;
  }
  return last;
}

// What the client gets of the upstream's answer, or of the one that was kept.
std::optional<Decision> Course::answer_to() {
  bool streams = !described_.reply.chunks.empty() && described_.reply.error.empty();
  if (streams) return stream();
  if (described_.reply.error.empty()) passage_->keep_answer(answer_);
  std::optional<Decision> refused = passage_->output();
  if (!refused) return std::nullopt;
  context::Response& response = described_.call.response;
  response.status = refused->status;
  response.text.clear();
  response.tool_calls.clear();
  return refused;
}

std::optional<Decision> Course::stream() {
  context::Response& response = described_.call.response;
  response.text.clear();
  enforce::OutputStream stream(*passage_);
  std::string given;
  size_t bytes = 0;
  const std::vector<std::string>& chunks = described_.reply.chunks;
  for (size_t i = 0; i < chunks.size() && !stream.refused(); ++i) {
    bytes += chunks[i].size();
    bool last = i + 1 == chunks.size();
    if (last) passage_->keep_answer(answer_);
    given += stream.push(chunks[i], usage_with(described_, bytes, answer_.text.size()), last);
  }
  response.text = std::move(given);
  if (stream.refused() && !stream.cut()) {
    response.status = stream.refused()->status;
    response.tool_calls.clear();
  }
  return stream.refused();
}

const Decision& Course::answer(bool keep_forwarded) {
  context::Call& call = described_.call;
  if (!passage_) {
    call.usage = {};
    return outcome_.decision = std::move(*refused_);
  }
  if (!refused_) {
    outcome_.cached = passage_->recall();
    refused_ = passage_->admit(estimate_);
  }
  if (!refused_) {
    if (outcome_.cached) {
      answer_ = call.response;
      described_.reply = {};
      if (call.ai.stream) described_.reply.chunks = {answer_.text};
    } else {
      target_ = forward(keep_forwarded);
    }
    failed_ = !described_.reply.error.empty() || call.response.status >= 500;
    refused_ = answer_to();
  } else {
    outcome_.cached = false;
    call.response = {};
    call.usage = {};
  }
  outcome_.decision = refused_ ? std::move(*refused_) : passage_->allowed();
  outcome_.decision.fired = passage_->evaluation().fired();
  return outcome_.decision;
}

Outcome Course::finish() {
  if (!passage_) return std::move(outcome_);
  passage_->finish(outcome_.decision, target_, failed_);
  outcome_.decision.fired = passage_->evaluation().fired();
  outcome_.shadow = passage_->shadow();
  outcome_.record = passage_->record();
  outcome_.alerts = passage_->alerts();
  return std::move(outcome_);
}

std::vector<uint32_t> Course::conclude() {
  if (!passage_) return std::move(outcome_.decision.fired);
  passage_->conclude(outcome_.decision, target_, failed_);
  return passage_->evaluation().fired();
}

}  // namespace aipol::offline
