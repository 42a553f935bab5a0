// Coverage as people and programs read it: a form each, a file each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source.h"
#include "testing/coverage_summary.h"

namespace aipol::cli {

// What no test has shown: "deny of staff" "never fired", "`principal.mfa`" "was never false".
struct Gap {
  plan::Place place;
  std::string subject;
  std::string_view missing;

  std::string text() const { return subject + " " + std::string(missing); }
};
std::vector<Gap> gaps(const testing::CoverageSummary& coverage);

// The shares, then the gaps, a line each.
std::string coverage_text(const testing::CoverageSummary& coverage);

// {"statements":{"hit":7,"total":8,…},…} (docs/json.md).
std::string coverage_json(const testing::CoverageSummary& coverage);

// A tracefile of LCOV: policies are its functions, statements its lines, outcomes of conditions its
// branches.
std::string coverage_lcov(const testing::CoverageSummary& coverage);

// One page without any other file: shares, gaps, and the source as it is covered.
std::string coverage_html(const testing::CoverageSummary& coverage, const source::Files& files);

}  // namespace aipol::cli
