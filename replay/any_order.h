// Where nothing is remembered: each thread takes blocks as they come.
#pragma once

#include "replay/replay.h"

namespace aipol::replay {

Result<std::vector<Report>> replay_in_any_order(LineSource& source, const PolicySet* from,
                                                const PolicySet& to, const Options& options);

}  // namespace aipol::replay
