// What policies read of a meter: `.used`, `.average`, `.zscore`, `.remaining`, `.ratio`.
#pragma once

#include <string_view>

#include "plan/facts.h"
#include "plan/plan.h"
#include "runtime/context/surroundings.h"

namespace aipol::context {

// Sums of reals are counted in millionths.
inline constexpr double amounts_per_real = 1e6;

// `scaled`: the meter's amounts are millionths. `rep` is the source's.
using ReadMeter = plan::Fact (*)(const MeterReading& reading, bool scaled, plan::Rep rep);

// Null where meters have no such field.
ReadMeter meter_field_reader(std::string_view field);

// Whether the meter's amounts are millionths.
bool in_millionths(const plan::Plan& plan, const plan::Meter& meter);

}  // namespace aipol::context
