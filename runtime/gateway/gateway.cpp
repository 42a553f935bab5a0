#include "runtime/gateway/gateway.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <deque>
#include <thread>

#include "runtime/gateway/access_log.h"
#include "runtime/gateway/listener.h"
#include "runtime/gateway/service.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {
namespace {

namespace asio = http::asio;

void announce(int descriptor, const std::string& line) {
  [[maybe_unused]] const ssize_t written = ::write(descriptor, line.data(), line.size());
}

// Every connection is a descriptor, or two.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The end has begun and this thread is the last: a late signal must not turn it into a death by
// signal, which is what the default handlers do that come back with the end of the signal set.
void ignore_further_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// The threads that serve, and the signals that end them.
class Fleet {
 public:
  Fleet(std::shared_ptr<const Service> service, Lasting& lasting, AccessLog& log)
      : service_(std::move(service)), lasting_(lasting), log_(log) {}

  Result<void> listen(const Endpoint& endpoint, unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
      Worker& worker = workers_.emplace_back(service_, lasting_, log_);
      if (auto listening = worker.listen(endpoint); !listening) return listening;
    }
    return {};
  }

  void run() {
    await_signal();
    running_ = workers_.size();
    std::vector<std::jthread> threads;
    for (Worker& worker : workers_) {
      threads.emplace_back([this, &worker] {
        worker.run();
        asio::post(control_, [this] { finish_one(); });
      });
    }
    control_.run();
  }

 private:
  void await_signal() {
    signals_.async_wait([this](http::ErrorCode error, int) {
      if (error) return;
      if (stopping_) return abort();
      stopping_ = true;
      for (Worker& worker : workers_) worker.drain();
      patience_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(
          service_->settings().drain_timeout));
      patience_.async_wait([this](http::ErrorCode cancelled) {
        if (!cancelled) abort();
      });
      await_signal();
    });
  }

  void abort() {
    for (Worker& worker : workers_) worker.abort();
  }

  void finish_one() {
    if (--running_ > 0) return;
    patience_.cancel();
    signals_.cancel();
  }

  std::shared_ptr<const Service> service_;
  Lasting& lasting_;
  AccessLog& log_;
  asio::io_context control_;
  asio::signal_set signals_{control_, SIGTERM, SIGINT};
  asio::steady_timer patience_{control_};
  std::deque<Worker> workers_;
  size_t running_ = 0;
  bool stopping_ = false;
};

Result<Endpoint> find_address(const Options& options, const plan::Gateway& settings) {
  auto wanted = parse_listen_address(options.listen ? *options.listen : settings.listen);
  if (!wanted) return wanted;
  return claim(*wanted);
}

}  // namespace

Result<void> serve(const Options& options, const decision::Loader& load) {
  auto program = load();
  if (!program) return std::unexpected(program.error());
  Lasting lasting;
  auto service = make_service(std::move(*program), options.folder, lasting);
  if (!service) return std::unexpected(service.error());
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const auto address = find_address(options, (*service)->settings());
  if (!address) return std::unexpected(address.error());
  AccessLog log(options.log);
  Fleet fleet(*service, lasting, log);
  const unsigned threads =
      options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  if (auto listening = fleet.listen(*address, threads); !listening) return listening;
  announce(options.announce, fmt::format("listening on {}\n", format_endpoint(*address)));
  fleet.run();
  log.close();
  ignore_further_signals();
  return {};
}

}  // namespace aipol::gateway
