// Where earlier requests are remembered: blocks are read and parsed by any thread, and their
// records handed, in the order of the blocks, to the lane that they belong to. There are as many
// lanes whatever the number of threads; which thread goes on with a lane does not matter.
#pragma once

#include "replay/replay.h"

namespace aipol::replay {

Result<std::vector<Report>> replay_in_order(LineSource& source, const PolicySet* from,
                                            const PolicySet& to, const Partition& partition,
                                            const Options& options);

}  // namespace aipol::replay
