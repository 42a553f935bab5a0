// Names of requests: 32 hexadecimal digits, unique across gateways and restarts; no secret.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aipol::gateway {

class RequestIds {
 public:
  RequestIds();  // seeded from the system's random source
  void next(std::string& out);

 private:
  uint64_t mixed();
  uint64_t high_, low_;
};

// May a client's own id be kept: 1 to 128 visible ASCII characters.
bool is_request_id(std::string_view text);

}  // namespace aipol::gateway
