// Chooses for each statement of a stage the tests by which an index finds it.
#pragma once

#include <vector>

#include "compiler/index/conjuncts.h"

namespace aipol::compiler {

struct KeyCandidate {
  size_t conjunct = 0;  // number in the statement's conjuncts
  SetTest test;
};

// One statement of a stage on its way into the layout.
struct Candidate {
  uint32_t statement = 0;
  std::vector<Conjunct> conjuncts;
  std::vector<KeyCandidate> keys;  // one for each column, ascending by column
  std::vector<size_t> chosen;      // none, one or (of two single values) two numbers in keys
};

// Fills Candidate::chosen. Statements whose candidates are of the same columns choose alike, so that groups stay few:
// what lets a request meet the fewest of them, on average over requests that meet one.
void choose_keys(std::vector<Candidate>& candidates);

}  // namespace aipol::compiler
