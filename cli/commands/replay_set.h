// A policy set that records are decided with.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "cli/commands/policy_set.h"
#include "replay/world.h"

namespace aipol::cli {

// `names` as of read_named_set. What is wrong is printed; then the exit status is returned instead.
std::expected<replay::PolicySet, int> load_replay_set(const PolicySetOptions& options,
                                                      const std::vector<std::string>& names);

}  // namespace aipol::cli
