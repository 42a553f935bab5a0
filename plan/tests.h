// The tests of a policy set, ready to run against its plan.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "plan/plan.h"

namespace aipol::plan {

// A call to decide, field by field as policies name them: "principal.roles", "ai.messages.role".
// What is missing has its default.
struct Send {
  std::vector<std::pair<std::string, Constant>> fields;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
  Place place;
};

// A boolean node of the plan over the sources `decision.…`, to hold of the last send.
struct Expectation {
  NodeId condition = no_node;
  std::string text;  // as written
  Place place;
};

struct Test {
  std::string name;
  Place place;
  std::vector<std::variant<Send, Expectation>> steps;
};

}  // namespace aipol::plan
