#include "runtime/identity/issuer_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "runtime/identity/fetch_keys.h"

namespace aipol::identity {
namespace {

Health no_keys_yet(const std::string& identity) {
  Health health;
  health.identity = identity;
  health.keys_loaded = false;
  return health;
}

}  // namespace

IssuerKeys::IssuerKeys(plan::Identity declared, Pace pace, Report report)
    : declared_(std::move(declared)),
      pace_(pace),
      report_(std::move(report)),
      health_(no_keys_yet(declared_.name)),
      work_([this](std::stop_token stop) { return turn(std::move(stop)); }) {}

void IssuerKeys::ask() const {
  if (!asked_.exchange(true)) work_.wake();
}

Health IssuerKeys::health() const {
  const std::lock_guard<std::mutex> lock(lock_);
  return health_;
}

bool IssuerKeys::serves(const plan::Identity& declared, const std::filesystem::path&) const {
  return declared.issuer == declared_.issuer && declared.jwks == declared_.jwks &&
         declared.refresh == declared_.refresh;
}

std::chrono::nanoseconds IssuerKeys::turn(std::stop_token stop) {
  // Woken too early: what was asked for stays asked until then.
  if (const auto early = not_before_ - Clock::now(); early.count() > 0) return early;
  asked_ = false;
  const Result<void> fetched = fetch(stop);
  if (stop.stop_requested()) return {};
  if (!fetched) failed(fetched.error().message);
  const auto doubled = pace_.first_retry * (int64_t{1} << std::min(failures_, 16u));
  failures_ = fetched ? 0 : failures_ + 1;
  const std::chrono::nanoseconds retry =
      std::min<std::chrono::nanoseconds>(doubled, pace_.last_retry);
  not_before_ = Clock::now() + (fetched ? pace_.least : retry);
  return fetched ? std::max(pace_.refresh, pace_.least) : retry;
}

Result<void> IssuerKeys::fetch(std::stop_token stop) {
  std::string url = declared_.jwks;
  if (url.empty()) {
    auto discovered = discover_keys(declared_.issuer, stop);
    if (!discovered) return std::unexpected(discovered.error());
    url = std::move(*discovered);
  }
  auto text = fetch_keys(url, stop);
  if (!text) return std::unexpected(text.error());
  auto keys = parse_key_set(*text);
  if (!keys) return std::unexpected(keys.error());
  const size_t count = keys->size();
  // The same keys stay the same set, so that verified tokens stay verified.
  if (*text != text_) keys_.replace(std::make_unique<const KeySet>(std::move(*keys)));
  text_ = std::move(*text);
  const std::lock_guard<std::mutex> lock(lock_);
  health_.keys_loaded = true;
  health_.keys = count;
  health_.loaded_ns = SystemClock().now();
  health_.last_error = count == 0 ? "the issuer has no key that can be used" : "";
  ++health_.loads;
  return {};
}

void IssuerKeys::failed(const std::string& why) {
  bool known = false;
  {
    const std::lock_guard<std::mutex> lock(lock_);
    health_.last_error = why;
    ++health_.failures;
    known = health_.keys_loaded;
  }
  if (failures_ > 0 || !report_) return;
  report_(
      fmt::format("identity {}: the issuer's keys can not be fetched: {}; {}", declared_.name, why,
                  known ? "those known stay in force" : "its tokens are refused until they can"));
}

}  // namespace aipol::identity
