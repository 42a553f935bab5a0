// Random policy sets as their authors write them, well-typed, over the whole language, and random calls that often meet
// what they ask.
#pragma once

#include <string>

#include "tests/support/choices.h"

namespace aipol::testing {

// The text of one file: declarations, a provider, models, an endpoint, policies.
std::string random_policy(Choices& choices);

// The same, with an identity that may fill every field of the principal, tags that callers may bring, and invariants,
// of which many hold.
std::string random_policy_with_invariants(Choices& choices);

// A described call, as `aipol eval` reads it: a JSON object.
std::string random_call(Choices& choices);

}  // namespace aipol::testing
