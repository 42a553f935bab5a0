// What a search for the commit that changes recorded traffic's answers found.
#pragma once

#include <string>
#include <vector>

#include "replay/report.h"

namespace aipol::replay {

struct Bisection {
  struct Commit {
    std::string id, title;  // "3f2a1b9 Require the analyst role", for people
  };
  Commit commit;                // that changes them; empty: none does
  Commit parent;                // the one before it: what it is compared with
  std::vector<Commit> skipped;  // any of which may have done it instead: they do not compile
  size_t tested = 0, commits = 0;
  Report report;  // of what the commit changes; of the whole range where none does

  bool found() const { return !commit.id.empty(); }
};

}  // namespace aipol::replay
