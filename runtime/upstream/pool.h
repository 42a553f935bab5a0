// Idle connections to providers, kept for the next call. Of one thread.
#pragma once

#include <memory>
#include <vector>

#include "runtime/http/deadline.h"
#include "runtime/upstream/link.h"

namespace aipol::upstream {

class Pool {
 public:
  static constexpr std::chrono::seconds longest_idle{
      30};                                  // below what providers and balancers commonly allow
  static constexpr size_t most_idle = 256;  // of one provider

  // `remotes` must outlive the pool.
  Pool(http::asio::io_context& context, const std::vector<Remote>& remotes);

  const Remote& remote(size_t number) const { return remotes_[number]; }

  // The idle link used last, or null. The provider may be closing it this moment.
  std::unique_ptr<Link> take(size_t remote);
  std::unique_ptr<Link> make();  // not connected
  // A link whose answer was read to its end, to the byte.
  void give_back(size_t remote, std::unique_ptr<Link> link);

  void close_expired(http::Clock::time_point now);

 private:
  struct Idle {
    std::unique_ptr<Link> link;
    http::Clock::time_point since;
  };
  http::asio::io_context& context_;
  const std::vector<Remote>& remotes_;
  std::unique_ptr<TlsContext> tls_;
  std::vector<std::vector<Idle>> idle_;  // by remote, oldest first
};

}  // namespace aipol::upstream
