// What the audit trail says of one request, and how it is written: one object of JSON on one line,
// by the names that policies and `aipol eval` use, so that a record can be read as a request again
// (runtime/offline/read_call.h). docs/audit.md has its table. Nothing of headers, queries,
// credentials or addresses of sinks is in it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "plan/plan.h"
#include "runtime/context/call.h"
#include "runtime/decision/decision.h"
#include "runtime/enforce/alerts.h"
#include "runtime/enforce/record.h"

namespace aipol::audit {

// The form of records; a reader refuses what is newer.
inline constexpr int version = 1;

// One try of a target.
struct Attempt {
  uint32_t target = 0;       // in Deployment::models
  uint16_t status = 0;       // of the upstream; 0: no answer
  int64_t us = 0;            // from the call to the end of the try
  std::string_view trouble;  // why it failed; empty: it did not
};

// What a request added to a meter in the end.
struct MeterUse {
  uint32_t meter = 0;    // in Plan::meters
  std::string_view key;  // as meters::append_key made it
  int64_t amount = 0;    // in the meter's unit
};

// Microseconds; what did not happen is left out.
struct Times {
  std::optional<int64_t> read;      // the request, from its first byte to its last
  std::optional<int64_t> decision;  // all decisions together
  std::optional<int64_t> upstream;  // from the call of the target to its first byte
  std::optional<int64_t> answer;    // from the call of the target to its last byte
  int64_t total = 0;
};

// The texts of a call as a record may show them: redacted already.
struct Payload {
  std::vector<context::Message> messages;
  std::string response;
  std::vector<context::ToolCall> tool_calls;
  std::vector<std::pair<std::string, std::string>> arguments;  // of an MCP tool, by path
};

// Views: all must live until the entry is written. Only `plan`, `call` and `decision` are needed.
struct Entry {
  const plan::Plan* plan = nullptr;
  const context::Call* call = nullptr;  // `time_ns`, `request.id` at least
  const decision::Decision* decision = nullptr;
  const enforce::Record* record = nullptr;  // null: no policy says anything of it
  const Payload* payload = nullptr;         // null: the record has no texts

  bool head_read = true;           // false: the call holds no request, it could not be read
  std::string_view peer;           // the connection's address
  std::string_view endpoint;       // the glob that the path belongs to; empty: none
  std::optional<uint32_t> target;  // the model that answered, in Deployment::models
  std::span<const Attempt> attempts;
  std::span<const MeterUse> meters;
  std::span<const std::string> shadow;  // policies that would have had an effect
  uint16_t status = 0;                  // answered to the client; 0: nothing was
  Times times;
  int64_t request_bytes = 0,
          response_bytes = 0;  // the request's body; all that the client was sent
  std::string_view trouble;    // why an answer failed or broke off
  bool client_gone = false;    // before the answer's end
};

// Appends the record of a request, without a line break. What is not UTF-8 becomes U+FFFD.
void append_json(std::string& out, const Entry& entry);

// Of the object that is being written onto `text`: the members that tell whom the request was tried
// on and what was decided.
void add_outcome(JsonWriter& out, std::string& text, const Entry& entry);

// The record of an alert: `id` is the request that caused it.
struct AlertEntry {
  const plan::Plan* plan = nullptr;
  const enforce::Alert* alert = nullptr;
  int64_t time_ns = 0;
  std::string_view id, principal, model;
};

void append_json(std::string& out, const AlertEntry& entry);

}  // namespace aipol::audit
