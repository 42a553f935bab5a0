// Logs as lines of a replay: those that are plain lines by the contract's names as they lie there,
// others unpacked and translated (replay/logs).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "replay/line_source.h"
#include "replay/logs/source.h"

namespace aipol::replay {

// Files in their order; `-` is standard input.
Result<std::unique_ptr<LineSource>> open_log(std::vector<std::string> paths,
                                             const logs::Options& options);

}  // namespace aipol::replay
