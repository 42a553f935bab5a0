// How busy the machine is: the share of its processors' time that was used since the last look
// (/proc/stat).
#pragma once

#include <cstdint>

namespace aipol::gateway {

class LoadMeter {
 public:
  double look();  // 0 to 1; 0 at the first look, and where the system does not tell

 private:
  uint64_t busy_ = 0, total_ = 0;
};

}  // namespace aipol::gateway
