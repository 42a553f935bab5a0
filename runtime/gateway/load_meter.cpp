#include "runtime/gateway/load_meter.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace aipol::gateway {

double LoadMeter::look() {
  std::ifstream stat("/proc/stat");
  std::string name;
  uint64_t user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft = 0, stolen = 0;
  if (!(stat >> name >> user >> nice >> system >> idle >> waiting >> irq >> soft >> stolen))
    return 0;
  const uint64_t busy = user + nice + system + irq + soft + stolen;
  const uint64_t total = busy + idle + waiting;
  const bool first = total_ == 0;
  const uint64_t used = busy - busy_, all = total - total_;
  busy_ = busy;
  total_ = total;
  if (first || all == 0) return 0;
  return std::clamp(static_cast<double>(used) / static_cast<double>(all), 0.0, 1.0);
}

}  // namespace aipol::gateway
