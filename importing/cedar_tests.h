// Tests of a translation: requests made of the names and constants in the policies, and what Cedar
// decides of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "importing/cedar_evaluate.h"
#include "importing/cedar_meaning.h"

namespace aipol::importing::cedar {

struct Tested {
  const Policy* policy = nullptr;
  bool is_whole = true;  // translated as it is
};

// The text of tests; empty where no request can be made.
// `models` are those that the set declares, `known` the attributes.
std::string write_tests(const std::vector<Tested>& policies, const std::set<std::string>& models,
                        const Known& known, const Store& store, const Meanings& meanings);

}  // namespace aipol::importing::cedar
