// The keys of counters as people read them.
#pragma once

#include <string>
#include <string_view>

#include "plan/plan.h"

namespace aipol::audit {

// The values of a key as meters::append_key wrote it, with ", " between them: `checkout, 10.0.0.7`.
// What is not such a key becomes what of it can be read.
void append_meter_key(std::string& out, const plan::Plan& plan, const plan::Meter& meter,
                      std::string_view key);

}  // namespace aipol::audit
