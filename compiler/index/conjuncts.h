// The conjuncts of a guard, and those among them that an index can answer.
#pragma once

#include <optional>
#include <vector>

#include "compiler/index/values.h"
#include "plan/layout.h"

namespace aipol::compiler {

// A node of the plan's code, or its negation.
struct Conjunct {
  plan::NodeId node = plan::no_node;
  bool negated = false;
  auto operator<=>(const Conjunct&) const = default;
};

struct Conjuncts {
  std::vector<Conjunct> all;
  bool never = false;  // one of them is constantly false
};
// Each once; what is constantly true is left out.
Conjuncts conjuncts_of(const plan::Plan& plan, plan::NodeId guard);

// A test that holds where a source's value is, has or matches one of the values.
struct SetTest {
  plan::Domain::Kind kind = plan::Domain::Kind::members;
  plan::SourceId source = 0;
  bool single = false;  // the value has one number: it is a text or an integer, not a list, path or address
  bool all = false;     // has each of the values
  std::vector<ValueId> values;
};
// What a node of the plan tests, where it is such a test.
std::optional<SetTest> set_test(const plan::Plan& plan, Values& values, plan::NodeId node);
// Where an index can answer it: whatever the facts, at most one of the values' entries leads to the statement.
bool serves_as_key(const SetTest& test);

}  // namespace aipol::compiler
