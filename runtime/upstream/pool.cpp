#include "runtime/upstream/pool.h"

#include <algorithm>

namespace aipol::upstream {
namespace {

// A link that rested for less is used without asking the kernel whether it is still open: that
// costs a system call, and a provider that closes it so soon is met by the one retry that a reused
// link has.
constexpr std::chrono::milliseconds surely_open{100};

}  // namespace

Pool::Pool(http::asio::io_context& context, const std::vector<Remote>& remotes)
    : context_(context), remotes_(remotes), idle_(remotes.size()) {
  const bool tls =
      std::any_of(remotes.begin(), remotes.end(), [](const Remote& remote) { return remote.tls; });
  if (tls) tls_ = make_tls_context();
}

std::unique_ptr<Link> Pool::take(size_t remote) {
  auto& idle = idle_[remote];
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

std::unique_ptr<Link> Pool::make() { return std::make_unique<Link>(context_, tls_.get()); }

void Pool::give_back(size_t remote, std::unique_ptr<Link> link) {
  auto& idle = idle_[remote];
  if (idle.size() >= most_idle) return;
  link->in.shrink(64 * 1024);
  idle.push_back({std::move(link), http::Clock::now()});
}

void Pool::close_expired(http::Clock::time_point now) {
  for (auto& idle : idle_) {
    const auto fresh = std::find_if(
        idle.begin(), idle.end(), [&](const Idle& one) { return now - one.since < longest_idle; });
    idle.erase(idle.begin(), fresh);
  }
}

}  // namespace aipol::upstream
