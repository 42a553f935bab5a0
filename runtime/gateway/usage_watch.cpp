#include "runtime/gateway/usage_watch.h"

#include <algorithm>

#include "base/token_estimate.h"
#include "runtime/dialects/chat_answer.h"

namespace aipol::gateway {

namespace {

constexpr std::string_view no_usage = ",\"usage\":null";

// The string that begins behind `at`, a member's name; as it is written.
std::string_view string_after(std::string_view json, size_t at) {
  at = json.find_first_not_of(" \t", at);
  if (at == json.npos || json[at] != ':') return {};
  at = json.find_first_not_of(" \t", at + 1);
  if (at == json.npos || json[at] != '"') return {};
  size_t end = ++at;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return json.substr(at, end - at);
}

// What a model wrote in an event, in quarters of a token; quotes in texts are escaped, so that
// names are found where they are names.
size_t text_in(std::string_view event) {
  size_t quarters = 0;
  for (const std::string_view name :
       {"\"content\"", "\"reasoning_content\"", "\"reasoning\"", "\"arguments\""}) {
    for (size_t at = event.find(name); at != event.npos; at = event.find(name, at + name.size()))
      quarters += quarter_tokens(string_after(event, at + name.size()));
  }
  return quarters;
}

}  // namespace

size_t written_bytes(const context::Response& response) {
  size_t bytes = response.text.size();
  for (const context::ToolCall& call : response.tool_calls)
    bytes += call.name.size() + call.arguments.size();
  return bytes;
}

std::string_view UsageWatch::push(std::string_view bytes, bool last) {
  bytes_ += bytes.size();
  if (stream_) return push_events(bytes, last);
  keep(bytes);
  return bytes;
}

// All of it, or the end, where usage mostly is.
void UsageWatch::keep(std::string_view bytes) {
  body_.append(bytes);
  only_end_ = only_end_ || body_.size() > most_kept;
  if (only_end_ && body_.size() > 2 * most_of_end) body_.erase(0, body_.size() - most_of_end);
}

std::optional<context::Usage> UsageWatch::read_kept() {
  if (!only_end_) return dialects::read_usage(reader_, {body_, false});
  const size_t at = body_.rfind("\"usage\"");
  if (at == body_.npos) return std::nullopt;
  return dialects::read_usage(reader_, {"{" + body_.substr(at), false});
}

void UsageWatch::see(const dialects::EventStream::Event& event) {
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
    if (!event->data.empty() && event->data != "[DONE]") {
      ++seen_;
      quarters_ += text_in(event->data);
    }
    if (event->data.empty() || event->data == "[DONE]" ||
        event->data.find("\"usage\"") == event->data.npos) {
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
  if (!stream_ && !body_.empty()) reported_ = read_kept();
  if (reported_) return reported_;
  if (bytes_ == 0) return std::nullopt;
  context::Usage counted;
  counted.input_tokens = input;
  if (stream_) {
    counted.output_tokens = std::max(seen_, static_cast<int64_t>(whole_tokens(quarters_)));
  } else if (auto answer = only_end_ ? std::nullopt : dialects::ChatAnswer::read(body_)) {
    context::Response response;
    answer->tell(response);
    counted.output_tokens = static_cast<int64_t>(whole_tokens(written_bytes(response)));
  } else {
    counted.output_tokens = static_cast<int64_t>(whole_tokens(bytes_));
  }
  return counted;
}

}  // namespace aipol::gateway
