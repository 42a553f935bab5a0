// Where an axis of time has its marks, and what stands there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aipol::cli {

struct Tick {
  double at = 0;  // 0 at the beginning, 1 at the end
  std::string label;
};

// At times that people know, in UTC, some seven: "08:00", "3 Mar" at midnights of longer spans,
// "Mar 2026", "2026". Seconds since the epoch, of the years 0 to 9999, the first before the last.
std::vector<Tick> time_ticks(int64_t first, int64_t last);

// How long a step is: "15 minutes", "a day".
std::string step_text(int64_t seconds);

}  // namespace aipol::cli
