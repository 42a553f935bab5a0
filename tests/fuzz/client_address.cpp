// Any bytes as what proxies say: no crash, and nothing is believed where nobody is trusted.
#include <cstdint>
#include <cstdlib>

#include "plan/ip.h"
#include "runtime/identity/client_address.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const plan::Ip proxy = *plan::parse_ip("10.0.0.1"), stranger = *plan::parse_ip("192.0.2.1");
  const std::vector<plan::Network> trusted = {*plan::parse_network("10.0.0.0/8")};
  for (const char* name : {"x-forwarded-for", "forwarded"}) {
    if (identity::client_address(stranger, {{name, text}}, trusted) != stranger) std::abort();
    // What a client has written before changes nothing of what a proxy that is trusted adds.
    const std::string added = std::string(name) == "forwarded" ? ",for=192.0.2.1" : ",192.0.2.1";
    if (identity::client_address(proxy, {{name, text + added}}, trusted) != stranger) std::abort();
    identity::client_address(proxy, {{name, text}}, trusted);
  }
  return 0;
}
