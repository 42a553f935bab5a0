#include "runtime/offline/tries.h"

namespace aipol::offline {

namespace {

bool is_failure(std::optional<int64_t> status) {
  return !status || *status >= 500 || *status == 429;
}

std::optional<int64_t> status_of(const Attempt& attempt) {
  return attempt.status == 0 ? std::nullopt : std::optional(attempt.status);
}

}  // namespace

Tries::Tries(const DescribedCall& described, int64_t timeout_ns)
    : described_(described),
      timeout_ns_(timeout_ns),
      told_(described.served.attempts.size(), false) {}

// Of an answer that was given, or of none.
Try Tries::described_reply() const {
  const context::Response& response = described_.call.response;
  Try out;
  if (described_.reply.error.empty()) out.status = response.status == 0 ? 200 : response.status;
  out.failed = is_failure(out.status);
  out.latency_ns = response.latency_ns;
  return out;
}

Try Tries::next(std::string_view target) {
  const Served& served = described_.served;
  Try reply = described_reply();
  if (served.attempts.empty()) return reply;
  for (size_t i = 0; i < served.attempts.size(); ++i) {
    const Attempt& attempt = served.attempts[i];
    if (told_[i] || attempt.target != target) continue;
    told_[i] = true;
    bool last = i + 1 == served.attempts.size();
    Try out{status_of(attempt), is_failure(status_of(attempt)) || (last && reply.failed),
            last && served.client_gone, attempt.took_ns,
            last ? Try::Gives::described : Try::Gives::nothing};
    if (last) out.latency_ns = reply.latency_ns;
    int64_t took = 0;
    for (const Attempt& one : served.attempts) took += one.took_ns;
    over_ = out.canceled || (last && took >= timeout_ns_);
    return out;
  }
  // What failed was the other target's failure; who left would have left.
  if (served.client_gone || !reply.failed) {
    reply.canceled = over_ = served.client_gone;
    return reply;
  }
  return {200, false, false, 0, Try::Gives::unknown};
}

context::Usage guessed_usage(const DescribedCall& described) {
  const context::Ai& ai = described.call.ai;
  context::Usage usage;
  usage.input_tokens = context::input_tokens(ai);
  usage.output_tokens = ai.max_tokens.value_or(described.served.usual_tokens.value_or(0));
  return usage;
}

void put_answer(DescribedCall& described, const Try& last) {
  if (last.gives == Try::Gives::described) return;
  context::Call& call = described.call;
  call.response = {};
  described.reply = {};
  described.served.failed = false;  // of another answer
  call.usage = {};
  described.has_usage = true;
  if (last.gives == Try::Gives::unknown) {
    call.response.status = 200;
    call.usage = guessed_usage(described);
  } else if (last.status) {
    call.response.status = *last.status;
  } else {
    described.reply.error = "refused";
  }
}

}  // namespace aipol::offline
