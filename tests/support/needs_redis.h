// For tests that need a Redis server.
#pragma once

#include <doctest/doctest.h>

#include "tests/support/redis_server.h"

namespace aipol::testing {

// True, and a message: the test is skipped.
inline bool no_redis() {
  if (RedisServer::installed()) return false;
  MESSAGE("skipped: redis-server is not installed");
  return true;
}

}  // namespace aipol::testing
