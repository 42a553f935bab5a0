// Idle connections to providers, kept for the next call, whatever version of the policy set makes
// it. Of one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/http/deadline.h"
#include "runtime/upstream/link.h"

namespace aipol::upstream {

class Pool {
 public:
  static constexpr std::chrono::seconds longest_idle{
      30};                                  // below what providers and balancers commonly allow
  static constexpr size_t most_idle = 256;  // of one address

  explicit Pool(http::asio::io_context& context) : context_(context) {}

  // The idle link used last, or null. The provider may be closing it this moment.
  std::unique_ptr<Link> take(const Remote& remote);
  std::unique_ptr<Link> make(const Remote& remote);  // not connected
  // A link whose answer was read to its end, to the byte.
  void give_back(const Remote& remote, std::unique_ptr<Link> link);

  void close_expired(http::Clock::time_point now);

 private:
  struct Idle {
    std::unique_ptr<Link> link;
    http::Clock::time_point since;
  };
  http::asio::io_context& context_;
  std::unique_ptr<TlsContext> tls_;                             // made when a provider needs it
  std::map<std::string, std::vector<Idle>, std::less<>> idle_;  // by address, oldest first
};

}  // namespace aipol::upstream
