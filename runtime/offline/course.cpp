#include "runtime/offline/course.h"

#include <algorithm>

#include "base/token_estimate.h"
#include "runtime/enforce/output_stream.h"
#include "runtime/offline/complete_call.h"
#include "runtime/offline/tries.h"
#include "runtime/tokens/counter.h"

namespace aipol::offline {

using decision::Decision;
using plan::Phase;

namespace {

route::Outcome outcome_of(const Try& made) {
  if (made.canceled) return route::Outcome::canceled;
  return made.failed ? route::Outcome::failed : route::Outcome::answered;
}

int64_t timeout_of(const plan::Gateway& settings) {
  return std::chrono::nanoseconds(settings.upstream_timeout).count();
}

void complete_response(DescribedCall& described) {
  context::Response& response = described.call.response;
  std::vector<std::string>& chunks = described.reply.chunks;
  const bool streams = described.call.ai.stream && !described.served.whole();
  if (chunks.empty() && streams) chunks.push_back(response.text);
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
  if (auto refused = unheard(Phase::body)) return refused;
  if (auto bad = complete_body(program, described_)) return bad;
  if (auto refused = passage_->body()) return refused;
  const enforce::Asked asked = expect();
  if (auto refused = passage_->choose(estimate_)) return refused;
  return described_.served.whole() ? enforce::unservable(*passage_, asked) : std::nullopt;
}

// Before the upstream has answered: by what the call says, else by what it will be said to use.
enforce::Asked Course::expect() {
  const context::Call& call = described_.call;
  const Served& served = described_.served;
  const enforce::Asked asked{served.choices,
                             served.usual_tokens.value_or(call.usage.output_tokens)};
  estimate_ = enforce::expected_usage(*passage_, asked);
  const bool says = served.whole() || call.ai.input_tokens || !call.ai.messages.empty();
  if (!says) estimate_.input_tokens = call.usage.input_tokens;
  return asked;
}

std::optional<Decision> Course::unheard(Phase phase) const {
  const Served& served = described_.served;
  if (served.unheard == 0 || served.unheard_in != phase) return std::nullopt;
  return decision::refused(phase, served.unheard, "the request did not come whole");
}

// Tries the targets; the one that answered, or the last that failed to.
std::optional<uint32_t> Course::forward(bool keep_forwarded) {
  const plan::Deployment& deployment = engine_.plan().deployment;
  Tries tries(described_, timeout_of(deployment.gateway));
  std::optional<uint32_t> last;
  Try made;
  for (uint32_t target : passage_->attempts()) {
    last = target;
    made = tries.next(deployment.models[target].name);
    route::Attempt attempt = engine_.targets().begin(target);
    engine_.targets().finish(attempt, outcome_of(made), made.latency_ns);
    if (tries.over() || !passage_->tries_again(made.status)) break;
  }
  if (last) put_answer(described_, made);
  given_ = made.gives;
  // At the prices of this set.
  if (!described_.served.attempts.empty()) described_.call.usage.cost = 0;
  complete_response(described_);
  answer_ = described_.call.response;
  if (last) {
    if (keep_forwarded) outcome_.forwarded = passage_->forwarded(*last);
    outcome_.target = deployment.models[*last].name;
    if (auto mirror = passage_->mirror()) outcome_.mirror = deployment.models[*mirror].name;
  }
  return last;
}

// Whether the gateway came to show policies an answer, whole.
bool Course::came_whole() const {
  const Served& served = described_.served;
  if (!served.whole() || outcome_.cached) return true;
  if (!described_.reply.error.empty()) return false;
  const bool left = served.client_gone && described_.call.response.finish_reason.empty();
  return !left || (!served.failed && described_.reply.chunks.empty());
}

// What the client gets of the upstream's answer, or of the one that was kept.
std::optional<Decision> Course::answer_to() {
  const std::string& error = described_.reply.error;
  bool streams = !described_.reply.chunks.empty() &&
                 (error.empty() || (described_.served.whole() && error == "broken"));
  if (streams) return stream();
  if (!came_whole()) return std::nullopt;
  if (error.empty()) passage_->keep_answer(answer_);
  std::optional<Decision> refused = passage_->output();
  if (!refused) return std::nullopt;
  context::Response& response = described_.call.response;
  response.status = refused->status;
  response.text.clear();
  response.tool_calls.clear();
  return refused;
}

std::optional<Decision> Course::stream() {
  context::Call& call = described_.call;
  const context::Usage used = call.usage;
  call.response.text.clear();
  enforce::OutputStream stream(*passage_);
  const bool counts = described_.served.whole() && !outcome_.cached;
  call.response.text = counts ? given_as_counted(stream) : given_by_shares(stream);
  if (stream.refused() && !stream.cut()) {
    call.response.status = stream.refused()->status;
    call.response.tool_calls.clear();
  }
  // It was refused then, too: what is recorded is what was used until then.
  if (stream.refused() && described_.served.refused_answer) call.usage = used;
  return stream.refused();
}

// Of a call of which only the whole use is told.
std::string Course::given_by_shares(enforce::OutputStream& stream) {
  std::string given;
  size_t bytes = 0;
  const std::vector<std::string>& chunks = described_.reply.chunks;
  for (size_t i = 0; i < chunks.size() && !stream.refused(); ++i) {
    bytes += chunks[i].size();
    bool last = i + 1 == chunks.size();
    if (last) passage_->keep_answer(answer_);
    given += stream.push(chunks[i], usage_with(described_, bytes, answer_.text.size()), last);
  }
  return given;
}

// As the gateway counts what it passes on.
std::string Course::given_as_counted(enforce::OutputStream& stream) {
  tokens::Counter counter(tokenizer());
  context::Usage so_far{.input_tokens = estimate_.input_tokens};
  std::string given;
  for (const std::string& chunk : described_.reply.chunks) {
    if (stream.refused()) return given;
    counter.push(chunk);
    so_far.output_tokens = static_cast<int64_t>(counter.about());
    given += stream.push(chunk, so_far, false);
  }
  if (stream.refused() || !came_whole()) return given;
  size_t calls = 0;
  for (const context::ToolCall& one : answer_.tool_calls)
    calls += one.name.size() + one.arguments.size();
  so_far.output_tokens += static_cast<int64_t>(whole_tokens(calls));
  passage_->keep_answer(answer_);
  return given + stream.push("", so_far, true);
}

std::shared_ptr<const tokens::Tokenizer> Course::tokenizer() const {
  const plan::Model* model = engine_.program().model(outcome_.target);
  if (tokenizers_ == nullptr || tokenizers_->empty() || model == nullptr) return nullptr;
  return (*tokenizers_)[static_cast<size_t>(model - engine_.plan().deployment.models.data())];
}

const Decision& Course::answer(bool keep_forwarded) {
  context::Call& call = described_.call;
  if (!passage_) {
    call.usage = {};
    return outcome_.decision = std::move(*refused_);
  }
  if (!refused_) {
    outcome_.cached = passage_->recall();
    if (!outcome_.cached) refused_ = unheard(Phase::target);
    if (!refused_) refused_ = passage_->admit(estimate_);
  }
  if (!refused_) {
    if (outcome_.cached) {
      answer_ = call.response;
      described_.reply = {};
      if (call.ai.stream) described_.reply.chunks = {answer_.text};
    } else {
      target_ = forward(keep_forwarded);
    }
    failed_ =
        !described_.reply.error.empty() || call.response.status >= 500 || described_.served.failed;
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
