// Any record, by offline::read_call, and what replay wants besides.
#pragma once

#include <string_view>

#include "base/result.h"
#include "plan/plan.h"
#include "replay/record.h"

namespace aipol::replay {

Result<void> read_slowly(std::string_view line, const plan::Plan& names, Record& record);

}  // namespace aipol::replay
