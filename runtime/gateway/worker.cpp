#include "runtime/gateway/worker.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <exception>

#include "runtime/gateway/client.h"
#include "runtime/gateway/exchange.h"
#include "runtime/gateway/serve_request.h"

namespace aipol::gateway {

namespace asio = http::asio;
using http::ErrorCode;
using http::Task;

namespace {

constexpr std::chrono::milliseconds out_of_descriptors{100};

Client& as_client(http::Deadline& deadline) { return static_cast<Client&>(deadline); }

}  // namespace

Worker::Worker(std::shared_ptr<const Service> service, Lasting& lasting)
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),  // one thread runs it; others only post
      service_(std::move(service)),
      lasting_(lasting),
      deadlines_(context_),
      pool_(context_) {}

Result<void> Worker::listen(const Endpoint& endpoint) {
  auto acceptor = open_acceptor(context_, endpoint);
  if (!acceptor) return std::unexpected(acceptor.error());
  acceptor_.emplace(std::move(*acceptor));
  return {};
}

void Worker::run() {
  asio::co_spawn(context_, accept_connections(), asio::detached);
  deadlines_.start([this] { return tick(); });
  context_.run();
}

bool Worker::tick() {
  pool_.close_expired(http::Clock::now());
  return !draining_ || connections_ > 0;
}

Task<> Worker::accept_connections() {
  while (!draining_) {
    auto [error, socket] = co_await acceptor_->async_accept(http::as_result);
    if (!error) {
      start(std::move(socket));
    } else if (!draining_) {
      // Mostly a lack of descriptors: connections wait in the kernel's queue until some are free.
      asio::basic_waitable_timer<http::Clock, asio::wait_traits<http::Clock>, http::Executor> timer(
          context_);
      timer.expires_after(out_of_descriptors);
      co_await timer.async_wait(http::as_result);
    }
  }
}

void Worker::start(http::Socket socket) {
  ++connections_;
  asio::co_spawn(context_, serve_connection(std::move(socket)), asio::detached);
}

Task<> Worker::serve_connection(http::Socket socket) {
  Client client(deadlines_, std::move(socket));
  bool failed = false;
  try {
    const bool spoken = co_await speak_tls(client);
    Exchange exchange(*this, client);
    for (bool goes_on = spoken; goes_on;) goes_on = co_await serve_request(exchange);
    if (exchange.outcome.status != 0 && !exchange.body_read) co_await client.close_gently();
  } catch (const std::exception&) {
    failed = true;  // out of memory: this connection ends, the others go on
  }
  if (failed) client.abort();
  co_await client.close();
  --connections_;
}

void Worker::adopt(std::shared_ptr<const Service> service) {
  asio::post(context_, [this, service = std::move(service)] { service_ = service; });
}

// True where there is nothing to do.
Task<bool> Worker::speak_tls(Client& client) {
  if (service_->tls == nullptr) co_return true;
  client.set_limit(service_->settings().header_timeout);
  const bool spoken = co_await client.secure(service_->tls);
  client.clear_limit();
  co_return spoken;
}

void Worker::drain() {
  asio::post(context_, [this] { begin_drain(); });
}

void Worker::begin_drain() {
  if (draining_) return;
  draining_ = true;
  deadlines_.for_each([](http::Deadline& one) { as_client(one).drain(); });
  accept_waiting();
  ErrorCode ignored;
  acceptor_->close(ignored);
}

// The kernel has given these to this thread already; closing the acceptor would reset them.
void Worker::accept_waiting() {
  for (;;) {
    ErrorCode error;
    http::Socket socket(context_);
    acceptor_->accept(socket, error);
    if (error) return;
    start(std::move(socket));
  }
}

void Worker::abort() {
  asio::post(context_, [this] {
    begin_drain();
    deadlines_.for_each([](http::Deadline& one) { as_client(one).abort(); });
  });
}

}  // namespace aipol::gateway
