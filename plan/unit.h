// What an integer counts; tells how its value is read from text or JSON and printed.
#pragma once

#include <cstdint>

namespace aipol::plan {

enum class Unit : uint8_t { none, nano_dollars, nanoseconds, time, clock, date };

}  // namespace aipol::plan
