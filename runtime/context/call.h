// One call to a model as the gateway, `eval`, `test` and replay see it: the traffic that policies read. Filled phase by
// phase; a part that is not filled is not known yet. Texts are owned here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plan/value.h"

namespace aipol::context {

// An integer that is already in its source's unit (plan::Unit): given by a typed policy file, not by JSON.
struct ExactInteger {
  int64_t value;
  bool operator==(const ExactInteger&) const = default;
};

// A value of an attribute as traffic bears it (JSON, an identity's claims); given its type by the plan's source.
using AttributeValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>, ExactInteger, plan::Ip>;
using Attributes = std::map<std::string, AttributeValue, std::less<>>;

// Phase head.
struct Request {
  std::string id;
  int64_t time_ns = 0;      // arrival, since the epoch
  std::string method;       // lower case
  std::string path;         // normalised (runtime/context/path.h), without query
  std::string host;
  plan::Ip ip;
  bool tls = false;
  int64_t size = 0;         // declared length of the body, 0 where not declared
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, in order
  std::vector<std::pair<std::string, std::string>> query;    // percent-decoded
  std::string body_text;                                     // phase body
  // The plain values of the JSON body that policies read, by path ("metadata.team"); what is missing is absent.
  std::vector<std::pair<std::string, std::string>> body_values;
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

struct Message {
  std::string role;  // system, user, assistant, tool
  std::string text;
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
  std::optional<int64_t> input_tokens;  // counted or declared; nothing counts them yet
};

struct Call {
  Request request;
  Principal principal;
  Ai ai;
  std::string model_name;  // asked for, or the endpoint's
};

}  // namespace aipol::context
