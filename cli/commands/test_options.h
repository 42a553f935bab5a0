// What `aipol test` is asked to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/commands/policy_set.h"

namespace aipol::cli {

struct TestOptions {
  PolicySetOptions set;
  std::string filter;
  std::vector<std::string> reports;  // FORM=FILE
  unsigned jobs = 1;
  bool explain = false;
  bool fail_on_empty = false;
  bool watch = false;
  bool coverage = false;
  std::optional<double> min_coverage, min_conditions;  // percent
  std::string lcov, html;                              // files
  bool mutate = false;
  std::vector<std::string> mutations;  // kinds of mutants; empty: all
  std::optional<double> min_mutation;  // percent
};

}  // namespace aipol::cli
