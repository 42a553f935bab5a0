// What lasts from one version of the policy set to the next and is shared by all threads: counters,
// sessions, kept answers, how busy the gateway is.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "runtime/audit/log.h"
#include "runtime/enforce/engine.h"
#include "runtime/gateway/flights.h"
#include "runtime/gateway/metrics.h"
#include "runtime/shadow/shadow.h"
#include "runtime/stores/stores.h"

namespace aipol::gateway {

class Lasting {
 public:
  Lasting();

  // Before anything is served. The error is that of stores::open.
  Result<void> open(const plan::Gateway& settings, const std::filesystem::path& folder,
                    int standard_output, std::function<void(const std::string&)> report);
  // When the last request has ended.
  void close();

  enforce::World world() {
    return {clock, stores_->counters(), stores_->sessions(), alerts, answers, redaction_secret};
  }
  const stores::Stores& stores() const { return *stores_; }
  audit::Log& log() { return *log_; }
  // Whether transactions wait for another machine: they have threads of their own then.
  bool waits() const { return threads_.has_value(); }
  boost::asio::thread_pool& waiting_threads() { return *threads_; }

  SystemClock clock;
  enforce::Alerts alerts;
  enforce::MemoryAnswers answers;
  std::array<uint64_t, 2> redaction_secret;  // from the system's random source
  std::unique_ptr<shadow::Shadow> shadow;    // null: there is none
  Flights flights;
  Metrics metrics;
  std::atomic<int64_t> in_flight{0};  // requests
  std::atomic<double> load{0};        // share of the processors that was busy, 0 to 1

 private:
  std::unique_ptr<stores::Stores> stores_;
  std::unique_ptr<audit::Log> log_;
  std::optional<boost::asio::thread_pool> threads_;
};

}  // namespace aipol::gateway
