// Calls that the gateway makes for itself, beside the traffic: keys of issuers, alerts, audit
// records. They wait: made by background threads, never by those that serve.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aipol::web {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string url;  // http:// or https://, no user, no fragment
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // for everything
  size_t most_bytes = 1 << 20;                                   // of the answer's body
  std::stop_token stop;                                          // ends the call early
};

struct Answer {
  uint16_t status = 0;
  Headers headers;  // names in lower case
  std::string body;

  bool good() const { return status >= 200 && status < 300; }
  // The value of the first field of that name, or nothing.
  std::string_view header(std::string_view name) const;
};

// One call over a connection of its own. Certificates are verified against the system's
// (SSL_CERT_FILE and SSL_CERT_DIR are respected), TLS 1.2 and up; redirects are answers like any
// other. The error says what failed, without the address's path, which may be a secret.
Result<Answer> send(const Request& request);

}  // namespace aipol::web
