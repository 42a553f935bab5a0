#include "runtime/enforce/output_stream.h"

#include <algorithm>

#include "base/utf8.h"

namespace aipol::enforce {

namespace {

constexpr std::string_view by_policy = "content_filter", by_limit = "length";

}  // namespace

OutputStream::OutputStream(Passage& passage)
    : passage_(passage),
      watch_(passage.evaluation(), passage.engine().output_guards(),
             *passage.engine().assets().detectors),
      redaction_(passage.redaction(Surface::response)),
      redacting_(redaction_, passage.placeholders()),
      restoring_(passage.placeholders()) {
  passage.placeholders().seal();
}

std::string OutputStream::push(std::string_view piece, const context::Usage& so_far, bool last) {
  std::string_view within = admitted(piece, so_far);
  context::Response& response = passage_.call().response;
  response.text += within;
  std::string out = flow(within, last && !over_limit_);
  if (!refused_ && over_limit_) refused_ = std::move(over_limit_);
  passed_ = passed_ || !out.empty();
  if (cut()) end();
  return out;
}

std::string OutputStream::flow(std::string_view piece, bool last) {
  if (watch_.needs_whole()) {
    if (!last) return {};
    refused_ = passage_.output();
    return refused_ ? std::string() : passage_.call().response.text;
  }
  watch_.push(piece, last);
  std::string out = redacting_.push(piece, last, watch_.clear());
  // As far as the answer is passed on it must be known how.
  bool over = watch_.over() && (last || redacting_.decided() >= watch_.clear());
  if (over) {
    refused_ = passage_.output(watch_.refusing());
  } else if (last) {
    refused_ = passage_.output();
  }
  return restoring_.push(out, last || over);
}

// So much of the piece as limits with `cut` let through.
std::string_view OutputStream::admitted(std::string_view piece, const context::Usage& so_far) {
  std::optional<decision::Decision> refusal = passage_.extend(so_far);
  if (!refusal) {
    used_ = so_far;
    return piece;
  }
  context::Usage fits = so_far;
  fits.output_tokens = used_.output_tokens;
  int64_t beyond = so_far.output_tokens;
  while (beyond - fits.output_tokens > 1) {
    context::Usage tried = fits;
    tried.output_tokens += (beyond - fits.output_tokens) / 2;
    if (passage_.extend(tried)) {
      beyond = tried.output_tokens;
    } else {
      fits = tried;
    }
  }
  over_limit_ = std::move(refusal);
  double share =
      static_cast<double>(fits.output_tokens - used_.output_tokens) /
      static_cast<double>(std::max<int64_t>(1, so_far.output_tokens - used_.output_tokens));
  used_ = fits;
  auto bytes = static_cast<size_t>(share * static_cast<double>(piece.size()));
  return piece.substr(0, character_before(piece, bytes));
}

// As the client sees an answer that was cut.
void OutputStream::end() {
  const plan::Plan& plan = passage_.engine().plan();
  bool limit =
      refused_->statement && plan.statements[*refused_->statement].effect == plan::Effect::limit;
  context::Call& call = passage_.call();
  call.response.finish_reason = limit ? by_limit : by_policy;
  call.response.tool_calls.clear();
  call.usage = used_;
}

}  // namespace aipol::enforce
