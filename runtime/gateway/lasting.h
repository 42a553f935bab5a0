// What lasts from one version of the policy set to the next and is shared by all threads: counters,
// sessions, kept answers, how busy the gateway is.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "runtime/enforce/engine.h"
#include "runtime/gateway/flights.h"
#include "runtime/gateway/metrics.h"
#include "runtime/meters/memory_store.h"

namespace aipol::gateway {

struct Lasting {
  Lasting();

  enforce::World world() { return {clock, store, sessions, alerts, answers, redaction_secret}; }

  SystemClock clock;
  meters::MemoryStore store;
  enforce::Sessions sessions;
  enforce::Alerts alerts;
  enforce::MemoryAnswers answers;
  std::array<uint64_t, 2> redaction_secret;  // from the system's random source
  Flights flights;
  Metrics metrics;
  std::atomic<int64_t> in_flight{0};  // requests
  std::atomic<double> load{0};        // share of the processors that was busy, 0 to 1
};

}  // namespace aipol::gateway
