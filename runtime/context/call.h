// One call to a model as the gateway, `eval`, `test` and replay see it: the traffic that policies
// read. Filled phase by phase; a part that is not filled is not known yet. Texts are owned here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/text_hash.h"
#include "plan/value.h"

namespace aipol::context {

// An integer that is already in its source's unit (plan::Unit): given by a typed policy file, not
// by JSON.
struct ExactInteger {
  int64_t value;
  bool operator==(const ExactInteger&) const = default;
};

// A value of an attribute as traffic bears it (JSON, an identity's claims); given its type by the
// plan's source. Numbers in a list are texts.
using AttributeValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>,
                                    ExactInteger, std::vector<ExactInteger>, plan::Ip>;

// A name to look for, hashed once for many looks.
struct AttributeName {
  AttributeName() = default;
  explicit AttributeName(std::string_view name) : text(name), hash(text_hash(name)) {}

  std::string_view text;
  uint64_t hash = 0;
};

// Attributes by name, each once. There are few: looking through parts of their names' hashes is
// faster than a tree.
class Attributes {
 public:
  using Entry = std::pair<std::string, AttributeValue>;

  const AttributeValue* find(const AttributeName& name) const {
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (mark(i) == static_cast<uint32_t>(name.hash) && same_text(entries_[i].first, name.text))
        return &entries_[i].second;
    }
    return nullptr;
  }
  const AttributeValue* find(std::string_view name) const { return find(AttributeName(name)); }
  void insert_or_assign(std::string name, AttributeValue value);
  // Keeps what is there; false where something was.
  bool try_emplace(const std::string& name, AttributeValue value);
  void clear();
  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  bool operator==(const Attributes&) const = default;

 private:
  static constexpr size_t few = 8;

  void add(std::string name, AttributeValue value);
  uint32_t mark(size_t entry) const {
    return entry < few ? first_marks_[entry] : other_marks_[entry - few];
  }

  std::vector<Entry> entries_;
  // Of the entries' names. The first few stand here, so that they are in reach with the object.
  std::array<uint32_t, few> first_marks_{};
  std::vector<uint32_t> other_marks_;
};

// Phase head.
struct Request {
  std::string id;
  int64_t time_ns = 0;  // arrival, since the epoch
  std::string method;   // lower case
  std::string path;     // normalised (runtime/context/path.h), without query
  std::string host;
  plan::Ip ip;
  std::optional<std::string> country;  // ISO 3166-1, upper case
  std::string region = "unknown";
  bool tls = false;
  int64_t size = 0;  // declared length of the body, 0 where not declared
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::vector<std::pair<std::string, std::string>> query;    // percent-decoded
  std::string body_text;                                     // phase body
  // The plain values of the JSON body that policies read, by path ("metadata.team"); what is
  // missing is absent.
  std::vector<std::pair<std::string, std::string>> body_values;
  Attributes metadata;  // what `extend request` may read of the call's metadata
};

struct Principal {
  std::string kind = "anonymous";  // anonymous, user, app
  std::string method = "none";     // none, api_key, jwt, mtls
  std::string id, name, tenant;
  std::vector<std::string> roles, groups, scopes;
  bool mfa = false;
  std::optional<int64_t> expires_ns;
  std::optional<std::string> actor;
  Attributes attributes;
};

// The conversation that the request belongs to, as it was before it.
struct Session {
  std::string id;  // empty: none
  std::vector<std::string> tags;
  int64_t turns = 0;
};

struct Message {
  std::string role;  // system, user, assistant, tool
  std::string text;
};

// An MCP tool call.
struct ToolUse {
  std::string server, name;
  std::vector<std::pair<std::string, std::string>> arguments;  // plain values by path
};

// Phase body: what the dialect read from the body (runtime/dialects).
struct Ai {
  std::string operation = "none";  // none, chat, responses, completion, embedding, …, models
  std::string model;               // the name asked for; empty where the body names none
  std::vector<Message> messages;
  std::optional<int64_t> turns;  // where it is known without the messages
  std::vector<std::string> tools;
  bool stream = false, has_images = false, has_audio = false;
  std::optional<int64_t> max_tokens;
  std::optional<double> temperature;
  std::optional<int64_t> input_tokens;  // counted or declared
  std::string documents;
  std::vector<std::string>
      tags;  // that the request bears (header x-data-tags, those listed in the gateway)
  ToolUse tool;
};

// The tokens of a request: as counted or declared, else estimated at four bytes of text a token.
int64_t input_tokens(const Ai& ai);

struct ToolCall {
  std::string name, arguments;
};

// Phase output: the upstream's answer.
struct Response {
  int64_t status = 0;
  std::string text, finish_reason, model_version;
  std::vector<ToolCall> tool_calls;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  int64_t size = 0;
  int64_t latency_ns = 0;
};

// Phase end: what the call used.
struct Usage {
  int64_t input_tokens = 0, output_tokens = 0;
  int64_t cached_tokens = 0;     // of the input
  int64_t reasoning_tokens = 0;  // of the output
  int64_t cost = 0;              // nano-dollars
  bool cached = false;
};

struct Call {
  Request request;
  Principal principal;
  Session session;
  Ai ai;
  std::string model_name;  // asked for, or the endpoint's
  Response response;
  Usage usage;
};

}  // namespace aipol::context
