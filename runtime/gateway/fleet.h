// The threads that serve, and what controls them: signals, reloads, operators' questions.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/gateway/admin.h"
#include "runtime/gateway/load_meter.h"
#include "runtime/gateway/reloader.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

class Fleet {
 public:
  // All must outlive the fleet.
  Fleet(std::shared_ptr<const Service> service, Lasting& lasting);

  Result<void> listen(const Endpoint& endpoint, unsigned threads);
  Result<void> listen_to_operators(const Endpoint& endpoint);

  // Until the end that gateway.h tells. `reloader` is asked by SIGHUP.
  void run(Reloader& reloader);

  // Any thread: the version that serves from now on.
  void adopt(std::shared_ptr<const Service> service);
  std::shared_ptr<const Service> service() const;

 private:
  void await_signal();
  void await_reload(Reloader& reloader);
  void watch_load();
  void abort();
  void finish_one();

  mutable std::mutex mutex_;
  std::shared_ptr<const Service> service_;
  Lasting& lasting_;
  http::asio::io_context control_;
  http::asio::signal_set signals_{control_, SIGTERM, SIGINT};
  http::asio::signal_set reloads_{control_, SIGHUP};
  http::asio::steady_timer patience_{control_}, load_timer_{control_};
  LoadMeter load_;
  Admin admin_;
  std::deque<Worker> workers_;
  size_t running_ = 0;
  bool stopping_ = false;
};

}  // namespace aipol::gateway
