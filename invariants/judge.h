// The last word on invariants: a counterexample counts where, run as a test, it shows what it claims.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/compile.h"

namespace aipol::invariants {

struct Judgement {
  using Kind = prove::Verdict::Kind;
  std::string name;
  plan::Place place;
  Kind kind = Kind::unknown;
  std::optional<prove::Counterexample> counterexample;  // of refuted
  std::string why;                                      // of unknown
};

// By invariant of a compilation that decided them. Documents are read from the folder; `cache` is as
// in compiler::Wanted.
Result<std::vector<Judgement>> judge(const compiler::Compilation& compilation,
                                     const std::string& folder, const std::string& cache);

}  // namespace aipol::invariants
