#include "runtime/upstream/pool.h"

#include <algorithm>

namespace aipol::upstream {
namespace {

// A link that rested for less is used without asking the kernel whether it is still open: that
// costs a system call, and a provider that closes it so soon is met by the one retry that a reused
// link has.
constexpr std::chrono::milliseconds surely_open{100};

}  // namespace

std::unique_ptr<Link> Pool::take(const Remote& remote) {
  const auto found = idle_.find(remote.address);
  if (found == idle_.end()) return nullptr;
  auto& idle = found->second;
  const auto now = http::Clock::now();
  while (!idle.empty()) {
    Idle last = std::move(idle.back());
    idle.pop_back();
    const auto rested = now - last.since;
    if (rested < surely_open || (rested < longest_idle && last.link->is_quiet()))
      return std::move(last.link);
  }
  return nullptr;
}

std::unique_ptr<Link> Pool::make(const Remote& remote) {
  if (remote.tls && tls_ == nullptr) tls_ = make_tls_context();
  return std::make_unique<Link>(context_, tls_.get());
}

void Pool::give_back(const Remote& remote, std::unique_ptr<Link> link) {
  auto& idle = idle_[remote.address];
  if (idle.size() >= most_idle) return;
  link->in.shrink(64 * 1024);
  idle.push_back({std::move(link), http::Clock::now()});
}

void Pool::close_expired(http::Clock::time_point now) {
  for (auto at = idle_.begin(); at != idle_.end();) {
    auto& idle = at->second;
    const auto fresh = std::find_if(
        idle.begin(), idle.end(), [&](const Idle& one) { return now - one.since < longest_idle; });
    idle.erase(idle.begin(), fresh);
    at = idle.empty() ? idle_.erase(at) : std::next(at);
  }
}

}  // namespace aipol::upstream
