// The few values that random plans and facts draw from, so that they meet often.
#pragma once

#include "plan/value.h"
#include "tests/support/choices.h"

namespace aipol::testing {

// Of the representation; list members ascending and once where `set`.
plan::Constant random_value(plan::Rep rep, Choices& choices, bool set);
plan::Network random_network(Choices& choices);
plan::IntegerRange random_range(Choices& choices);
std::string random_glob(Choices& choices);
std::string random_pattern(Choices& choices);
std::string random_zone(Choices& choices);

}  // namespace aipol::testing
