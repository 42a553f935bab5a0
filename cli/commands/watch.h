// Doing a thing again whenever a file of a policy set changes.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace aipol::cli {

// Does it, then waits for a change under the paths, until SIGINT or SIGTERM: `well`. Must be called
// while there is one thread.
int watch(const std::vector<std::string>& paths, const std::function<void()>& act);

}  // namespace aipol::cli
