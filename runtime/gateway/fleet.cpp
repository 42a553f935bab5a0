#include "runtime/gateway/fleet.h"

#include <boost/asio/post.hpp>
#include <csignal>

namespace aipol::gateway {

namespace asio = http::asio;

Fleet::Fleet(std::shared_ptr<const Service> service, Lasting& lasting)
    : service_(std::move(service)),
      lasting_(lasting),
      admin_(control_,
             {lasting, [this] { return this->service(); }, [this] { return stopping_; }}) {}

Result<void> Fleet::listen(const Endpoint& endpoint, unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) {
    Worker& worker = workers_.emplace_back(service_, lasting_);
    if (auto listening = worker.listen(endpoint); !listening) return listening;
  }
  return {};
}

Result<void> Fleet::listen_to_operators(const Endpoint& endpoint) {
  return admin_.listen(endpoint);
}

void Fleet::run(Reloader& reloader) {
  await_signal();
  await_reload(reloader);
  watch_load();
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

void Fleet::adopt(std::shared_ptr<const Service> service) {
  {
    const std::lock_guard lock(mutex_);
    service_ = service;
  }
  for (Worker& worker : workers_) worker.adopt(service);
}

std::shared_ptr<const Service> Fleet::service() const {
  const std::lock_guard lock(mutex_);
  return service_;
}

void Fleet::await_signal() {
  signals_.async_wait([this](http::ErrorCode error, int) {
    if (error) return;
    if (stopping_) return abort();
    stopping_ = true;
    for (Worker& worker : workers_) worker.drain();
    patience_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(
        service()->settings().drain_timeout));
    patience_.async_wait([this](http::ErrorCode cancelled) {
      if (!cancelled) abort();
    });
    await_signal();
  });
}

void Fleet::await_reload(Reloader& reloader) {
  reloads_.async_wait([this, &reloader](http::ErrorCode error, int) {
    if (error) return;
    lasting_.log().reopen();  // files that a rotation moved away
    reloader.ask();
    await_reload(reloader);
  });
}

void Fleet::watch_load() {
  lasting_.load.store(load_.look(), std::memory_order_relaxed);
  load_timer_.expires_after(std::chrono::seconds(1));
  load_timer_.async_wait([this](http::ErrorCode cancelled) {
    if (!cancelled) watch_load();
  });
}

void Fleet::abort() {
  for (Worker& worker : workers_) worker.abort();
  lasting_.log().stop_blocking();
}

void Fleet::finish_one() {
  if (--running_ > 0) return;
  control_.stop();  // what operators still ask is of no use
}

}  // namespace aipol::gateway
