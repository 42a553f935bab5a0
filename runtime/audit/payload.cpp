#include "runtime/audit/payload.h"

#include <limits>

namespace aipol::audit {

namespace {

// `redact … in logs` says how; what only `log … redacted` names gets the default.
enforce::Redaction redaction_of(const enforce::Passage& passage) {
  enforce::RedactionRule rule;
  rule.detectors.assign(passage.record().redacted.begin(), passage.record().redacted.end());
  rule.priority = std::numeric_limits<int64_t>::min();
  return passage.redaction(enforce::Surface::logs).with(std::move(rule));
}

}  // namespace

std::optional<Payload> payload_of(const enforce::Passage& passage, const context::Call& call) {
  if (passage.record().level != enforce::LogLevel::payload) return std::nullopt;
  Payload out{call.ai.messages, call.response.text, call.response.tool_calls,
              call.ai.tool.arguments};
  if (passage.record().redacted.empty()) return out;
  enforce::Redaction redaction = redaction_of(passage);
  enforce::Placeholders stand_ins;
  auto redact = [&](std::string& text) { text = redaction.apply(text, stand_ins); };
  for (context::Message& message : out.messages) redact(message.text);
  redact(out.response);
  for (context::ToolCall& tool : out.tool_calls) redact(tool.arguments);
  for (auto& [path, value] : out.arguments) redact(value);
  return out;
}

}  // namespace aipol::audit
