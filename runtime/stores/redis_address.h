// redis://[[user]:password@]host[:port][/database]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aipol::stores {

// User and password may be percent-encoded (RFC 3986); an IPv6 host stands in brackets.
struct RedisAddress {
  std::string host;
  uint16_t port = 6379;
  std::string user, password;
  uint32_t database = 0;

  std::string shown() const;  // host and port: all that may be printed
};

// The error says what is wrong, and repeats nothing of the text: it may hold a password.
Result<RedisAddress> parse_redis_address(std::string_view text);

}  // namespace aipol::stores
