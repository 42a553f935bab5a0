#include "runtime/gateway/usage_watch.h"

#include "base/token_estimate.h"
#include "runtime/dialects/chat_answer.h"

namespace aipol::gateway {

namespace {

constexpr std::string_view no_usage = ",\"usage\":null";

}  // namespace

std::string_view UsageWatch::push(std::string_view bytes, bool last) {
  bytes_ += bytes.size();
  if (stream_) return push_events(bytes, last);
  if (body_.size() + bytes.size() <= most_kept) body_.append(bytes);
  return bytes;
}

void UsageWatch::see(const dialects::EventStream::Event& event) {
  ++seen_;
  bool alone = false;  // such an event providers send only where they were asked
  if (auto usage = dialects::read_usage(reader_, {event.data, false}, &alone)) {
    reported_ = usage;
    if (hides_ && alone) return;
  }
  if (!hides_) {
    out_.append(event.raw);
    return;
  }
  // Escaped in texts, so that it is never a part of one.
  const size_t at = event.raw.find(no_usage);
  out_.append(event.raw.substr(0, at));
  if (at != event.raw.npos) out_.append(event.raw.substr(at + no_usage.size()));
}

std::string_view UsageWatch::push_events(std::string_view bytes, bool last) {
  out_.clear();
  events_.push(bytes);
  while (const auto event = events_.next()) {
    if (event->data.empty() || event->data == "[DONE]" ||
        event->data.find("\"usage\"") == event->data.npos) {
      if (!event->data.empty() && event->data != "[DONE]") ++seen_;
      out_.append(event->raw);
    } else {
      see(*event);
    }
  }
  if (last || events_.broken()) {
    out_.append(events_.rest());
    events_ = {};
  }
  return out_;
}

std::optional<context::Usage> UsageWatch::used(int64_t input) {
  if (!stream_ && !body_.empty()) reported_ = dialects::read_usage(reader_, {body_, false});
  if (reported_) return reported_;
  if (bytes_ == 0) return std::nullopt;
  context::Usage counted;
  counted.input_tokens = input;
  if (stream_) {
    counted.output_tokens = seen_;
  } else if (auto answer = dialects::ChatAnswer::read(body_)) {
    context::Response response;
    answer->tell(response);
    counted.output_tokens = static_cast<int64_t>(whole_tokens(response.text.size()));
  } else {
    counted.output_tokens = static_cast<int64_t>(whole_tokens(bytes_));
  }
  return counted;
}

}  // namespace aipol::gateway
