// How many mutants of a policy set its tests notice.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/source/source.h"
#include "mutation/mutant.h"
#include "plan/tests.h"
#include "testing/child.h"

namespace aipol::mutation {

struct Verdict {
  enum class Kind : uint8_t {
    killed,    // a test failed, or an invariant no longer holds
    survived,  // all is as before
    refused,   // the compiler reports an error: nobody could merge it
    same       // it means the same as the set, or as a mutant before it
  } kind = Kind::survived;
  std::string by;  // of killed: the test or the invariant; of refused: the first error's code
};

struct Score {
  Mutants mutants;
  std::vector<Verdict> verdicts;  // by mutant

  size_t count(Verdict::Kind kind) const;
  // Of the mutants that could be noticed those that were; of none, all.
  double percent() const;
};

struct ScoreOptions {
  std::string folder;  // that documents are read from
  std::string cache;   // as compiler::Wanted::cache
  unsigned jobs = 1;
  std::function<bool(const plan::Test&)> selected = {};                // tests to run
  std::function<void(const Verdict&)> judged = [](const Verdict&) {};  // by any thread
  testing::Board* board = nullptr;
};

// The files are a set's without errors whose tests pass; `version` is its plan's. Every mutant is
// compiled and tested as the set itself is.
Score measure(const source::Files& files, Mutants mutants, std::string_view version,
              const ScoreOptions& options);

}  // namespace aipol::mutation
