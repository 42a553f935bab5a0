// The tests of a policy set, ready to run against its plan.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plan/plan.h"

namespace aipol::plan {

// Values by name. Enum members are their texts, as traffic bears them.
using Given = std::vector<std::pair<std::string, Constant>>;

// A call to decide, field by field as policies name them: "principal.roles", "ai.messages.role",
// "usage.input_tokens" (what the upstream will report). What is missing has its default.
struct Send {
  Given fields;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
  // The upstream's answer: fields of `response` ("status", "text", "tool_calls.name"), "chunks"
  // (texts), "error" (timeout, …), "usage.…". Empty: 200 and no text.
  Given reply;
  Place place;
};

// The clock of the test.
struct At {
  int64_t time = 0;  // nanoseconds since the epoch
  Place place;
};
struct After {
  int64_t nanoseconds = 0;
  Place place;
};

// The state of an upstream from here on: "healthy", "latency_p95", "error_rate", "in_flight".
struct GivenTarget {
  uint32_t model = 0;  // in Deployment::models
  Given fields;
  Place place;
};

// What a document holds from here on.
struct GivenData {
  uint32_t document = 0;
  std::string json;
  Place place;
};

// A boolean node of the plan over the sources that only expectations read (`decision.…`,
// `response.…`, `forwarded.…`, `audit.…`) and meters, to hold after the last send.
struct Expectation {
  NodeId condition = no_node;
  std::string text;  // as written
  Place place;
};

struct Test {
  std::string name;
  Place place;
  Place row;  // of the table's row that it is made of; line 0 where there is no table
  std::vector<std::variant<Send, At, After, GivenTarget, GivenData, Expectation>> steps;
};

// What must never, or always, be decided: `never` an effect where the condition holds, or `always`.
struct Invariant {
  struct Rule {
    bool never = true;
    Effect effect = Effect::allow;
    NodeId condition = no_node;
    Place place;
  };
  std::string name;
  Place place;
  std::vector<Rule> rules;
};

}  // namespace aipol::plan
