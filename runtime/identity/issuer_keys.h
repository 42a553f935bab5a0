// The keys of an issuer, fetched over HTTP and fetched again before they get old.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/identity/key_source.h"
#include "runtime/identity/periodic.h"

namespace aipol::identity {

class IssuerKeys final : public KeySource {
 public:
  struct Pace {
    std::chrono::nanoseconds refresh = std::chrono::hours(1);
    std::chrono::nanoseconds least =
        std::chrono::seconds(10);  // between fetches that are asked for
    std::chrono::nanoseconds first_retry = std::chrono::seconds(1);  // doubled by each failure
    std::chrono::nanoseconds last_retry = std::chrono::minutes(1);
  };

  // Begins to fetch at once, in the background. `declared` has issuer, jwks and name.
  IssuerKeys(plan::Identity declared, Pace pace, Report report);

  Published<KeySet>::Reading read() const override { return keys_.read(); }
  void ask() const override;
  Health health() const override;
  bool serves(const plan::Identity& declared, const std::filesystem::path&) const override;

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::nanoseconds turn(std::stop_token stop);
  Result<void> fetch(std::stop_token stop);
  void failed(const std::string& why);

  const plan::Identity declared_;
  const Pace pace_;
  const Report report_;
  Published<KeySet> keys_;
  mutable std::atomic<bool> asked_{false};
  mutable std::mutex lock_;
  Health health_;
  // Of the background thread alone.
  std::string text_;              // that the keys in force were read from
  Clock::time_point not_before_;  // the next fetch
  uint32_t failures_ = 0;         // since the last success
  mutable Periodic work_;         // last: it uses all of the above
};

}  // namespace aipol::identity
