// Runs tests that are claimed to fail.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/source/source.h"

namespace aipol::invariants {

// A test, and the file of the set that it is pasted into.
struct Claim {
  std::string file;
  std::string test;
};

// By claim, whether the test runs to its expectation and that fails. The files are the set's.
Result<std::vector<bool>> shown(const source::Files& files, const std::vector<Claim>& claims,
                                const std::string& folder, const std::string& cache);

}  // namespace aipol::invariants
