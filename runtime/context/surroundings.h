// What policies read besides the call itself: the state of the world when it is decided. Whoever
// decides a call provides it; what is left out reads as its type's zero.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "plan/facts.h"
#include "runtime/context/call.h"
#include "stdlib/native/detect.h"
#include "stdlib/native/document.h"

namespace aipol::context {

// A model that could answer, and how it is doing: `target`.
struct Candidate {
  uint32_t model = 0;  // in Deployment::models
  bool healthy = true;
  int64_t latency_p95 = 0;  // nanoseconds
  double error_rate = 0;
  int64_t in_flight = 0;
};

// A meter for this call's key, in the meter's unit; of a `sum` of reals in millionths.
struct MeterReading {
  int64_t used = 0;
  double average = 0, zscore = 0;
  std::optional<int64_t> limit;  // of the one `limit METER to`, where it is known
};

struct Surroundings {
  const native::Detectors* detectors = nullptr;
  std::span<const std::shared_ptr<const native::Document>> documents;  // by Plan::documents
  std::span<const MeterReading> meters;                                // by Plan::meters
  std::span<const plan::Fact> answers;                                 // by Plan::questions
  std::optional<Candidate> target;
  double load = 0;
  int64_t in_flight = 0;
  const Call* forwarded = nullptr;  // the call as the upstream got it; only expectations read it
};

}  // namespace aipol::context
