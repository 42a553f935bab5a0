// What operators count, for Prometheus. Names of OpenTelemetry's semantic conventions for
// generative AI (gen_ai.*) where they exist, in Prometheus' spelling; others begin with aipol_.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/context/call.h"

namespace aipol::gateway {

// Any thread. Lasts from one version of the policy set to the next.
class Metrics {
 public:
  Metrics();

  // Of one model at its provider.
  struct OfModel {
    prometheus::Histogram *input, *output, *duration, *first_token;
    prometheus::Counter *cost, *failures, *retries;
  };
  OfModel of_model(const std::string& model, const std::string& provider);

  void request(bool allowed, uint16_t status, std::chrono::nanoseconds took,
               std::chrono::nanoseconds decided);
  void denial(const std::string& policy);  // empty: no policy's
  void cached() { cached_->Increment(); }
  void reload(bool good) { (good ? reloaded_ : refused_)->Increment(); }

  prometheus::Registry& registry() { return registry_; }

 private:
  prometheus::Counter& requests_of(bool allowed, uint16_t status);

  static constexpr size_t statuses = 600;

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>&requests_, &denials_, &cost_, &failures_, &retries_;
  prometheus::Family<prometheus::Histogram>&tokens_, &durations_, &first_tokens_;
  prometheus::Histogram *took_, *decided_;
  prometheus::Counter *cached_, *reloaded_, *refused_;
  std::array<std::array<std::atomic<prometheus::Counter*>, statuses>, 2> by_status_{};
};

}  // namespace aipol::gateway
