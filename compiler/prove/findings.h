// What was proved about a policy set. Each is certain: proved for all requests, or shown by a
// request for which the interpreter agrees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/prove/world.h"

namespace aipol::prove {

// Statements are numbers in Plan::statements, conditions in Statement::conditions.

// The guard holds for no request: the conditions named can not all be as they have to; no smaller
// part of them shows it.
struct NeverFires {
  uint32_t statement = 0;
  std::vector<uint32_t> culprits;
  bool scope = false;  // the one culprit is an `on` that no endpoint serves
};

// A `require` that never refuses: what it requires is so wherever it is asked.
struct Needless {
  uint32_t statement = 0;
};

// Each request that the one allows is refused by the other before it is forwarded.
struct AlwaysRefused {
  uint32_t allow = 0;
  uint32_t refusal = 0;
};

// Both do the same thing to the same request, and neither comes before the other.
struct Conflict {
  uint32_t first = 0, second = 0;
  World request;
  std::string send, json;  // the request as a test sends it, and as `aipol eval` reads it
};

// No target of the route is left where it holds: its `where` lets none pass, or the `require` removes
// all that it does.
struct Emptied {
  uint32_t route = 0;
  std::optional<uint32_t> require;
};

struct Findings {
  std::vector<NeverFires> never;
  std::vector<Needless> needless;
  std::vector<AlwaysRefused> refused;
  std::vector<Conflict> conflicts;
  std::vector<Emptied> emptied;
  std::string trouble;    // why questions could not be asked; empty where they could
  size_t unanswered = 0;  // questions that were too hard
};

}  // namespace aipol::prove
