// Recorded requests, decided by both sets.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "difference/side.h"
#include "difference/trial.h"

namespace aipol::difference {

// Calls visit for each request that both sets can read, in the order recorded, counters and all.
// Returns how many these are; an error names the line that is no record.
Result<size_t> each_record(const std::string& file, Both<Trial*> trials,
                           const std::function<void(const Both<Seen>&)>& visit);

}  // namespace aipol::difference
