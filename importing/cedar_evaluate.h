// Decides requests as Cedar does, from the policies themselves: what the tests of a translation
// expect.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "importing/cedar_store.h"

namespace aipol::importing::cedar {

// A request in Cedar's terms.
struct Sample {
  Entity principal, action, resource;
  std::set<Entity> memberships;  // what the principal is in, beside what the entities say
  std::map<std::string, Plain> attributes;  // of the principal
  std::string ip = {};                      // context.ip
};

// What the translation knows: attributes, and entities that mean nothing to it. What depends on
// others is unknown.
struct Known {
  std::map<std::string, Type> principal, model;
  std::set<Entity> strange;
};

enum class Outcome : uint8_t {
  holds,
  fails,
  error,
  unknown
};  // unknown: it reads what a sample has not

Outcome evaluate(const Policy& policy, const Sample& sample, const Store& store,
                 const Known& known);

}  // namespace aipol::importing::cedar
