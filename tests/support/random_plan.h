// Random plans over all operations, and random facts that often hit their constants.
#pragma once

#include <deque>
#include <string>

#include "plan/cells.h"
#include "plan/facts.h"
#include "plan/plan.h"
#include "tests/support/choices.h"

namespace aipol::testing {

plan::Plan random_plan(Choices& choices);

// Facts with the constants they point to. Not copyable.
struct RandomFacts {
  std::deque<plan::Constant> values;
  plan::CellStore cells;
  plan::Facts facts;
};
void fill_random_facts(const plan::Plan& plan, Choices& choices, RandomFacts& out);

}  // namespace aipol::testing
