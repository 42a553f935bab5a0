// What a guard asks of a single value: tests that tell most requests from each other.
#pragma once

#include <set>

#include "compiler/prove/shape.h"

namespace aipol::prove {

// The source has one of the values where the guard holds.
struct Key {
  plan::SourceId source = 0;
  std::set<plan::Constant> values;
};

// Each conjunct of the guard that is such a test.
std::vector<Key> keys_of(const Shape& shape, plan::NodeId guard);
// Each conjunct that asks for a path, as a node.
std::vector<plan::NodeId> path_tests(const Shape& shape, plan::NodeId guard);

// Whether two guards ask for different values of one source.
bool exclusive(const std::vector<Key>& a, const std::vector<Key>& b);

}  // namespace aipol::prove
