// A streamed chat on its way to the client, where policies read or change it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dialects/chat_answer.h"
#include "runtime/dialects/event_stream.h"
#include "runtime/enforce/output_stream.h"
#include "runtime/enforce/redacting_stream.h"
#include "runtime/gateway/exchange.h"
#include "runtime/tokens/counter.h"

namespace aipol::gateway {

class EventDelivery {
 public:
  explicit EventDelivery(Exchange& exchange);

  // What the client gets of the bytes. False where they are no events of a chat: nothing more may
  // be passed on.
  bool push(std::string_view bytes, bool last, std::string& out);

  // Whether something may be sent: until a text was let through, a refusal is an answer of its own.
  bool released() const { return released_; }
  // The answer ends here, whatever the provider still says.
  bool ended() const { return ended_; }
  // Refused with its last text: what the provider still says is its usage.
  bool awaits_usage() const { return finished_ && ended_ && !reported_; }
  void see_usage(std::string_view bytes);
  const std::optional<decision::Decision>& refused() const { return stream_.refused(); }
  std::optional<context::Usage> used();

 private:
  bool take(const dialects::EventStream::Event& event, std::string& out);
  void take_text(dialects::ChatChunk chunk, std::string& out);
  void give(const std::string& text, bool first, std::string& out);
  void take_reasoning(const dialects::ChatChunk& chunk, std::string& out);
  void finish(std::string& out);
  void refuse(std::string& out);
  context::Usage so_far();
  std::vector<std::string> kept_ids(const std::vector<context::ToolCall>& calls) const;

  Exchange& exchange_;
  dialects::EventStream events_;
  enforce::OutputStream stream_;
  enforce::Redaction redaction_;
  // Of what the model reasons: redacted like the text, but no policy reads it.
  std::optional<enforce::RedactingStream> reasoning_;
  context::Response whole_;  // as the provider gave it
  std::vector<std::string> call_ids_;
  std::optional<dialects::ChatChunk> latest_;  // with a choice
  std::optional<context::Usage> reported_;
  tokens::Counter counter_;  // of the text and reasoning
  bool plain_ = true;        // nothing but texts and calls
  bool told_usage_ = false;
  bool hides_usage_, released_ = false, finished_ = false, ended_ = false;
};

}  // namespace aipol::gateway
