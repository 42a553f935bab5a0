// One thread of the gateway: its event loop, acceptor, connections, and what its requests share.
#pragma once

#include <memory>
#include <optional>

#include "runtime/dialects/dialect.h"
#include "runtime/gateway/listener.h"
#include "runtime/gateway/request_id.h"
#include "runtime/gateway/service.h"
#include "runtime/http/deadline.h"
#include "runtime/upstream/pool.h"

namespace aipol::gateway {

class Client;

class Worker {
 public:
  // `lasting` must outlive the worker.
  Worker(std::shared_ptr<const Service> service, Lasting& lasting);

  Result<void> listen(const Endpoint& endpoint);
  void run();  // until stop() and the last request's end

  // From any thread: requests that come from now on are served by this version.
  void adopt(std::shared_ptr<const Service> service);

  // From any thread: stop accepting, let the requests in flight end; or end them.
  void drain();
  void abort();

  const std::shared_ptr<const Service>& service() const { return service_; }
  Lasting& lasting() { return lasting_; }
  http::asio::io_context& context() { return context_; }
  upstream::Pool& pool() { return pool_; }
  dialects::BodyReader& body_reader() { return body_reader_; }
  RequestIds& request_ids() { return request_ids_; }

 private:
  http::Task<> accept_connections();
  http::Task<> serve_connection(http::Socket socket);
  http::Task<bool> speak_tls(Client& client);
  void start(http::Socket socket);
  void accept_waiting();
  void begin_drain();
  bool tick();

  http::asio::io_context context_;
  std::shared_ptr<const Service> service_;
  Lasting& lasting_;
  http::Deadlines deadlines_;
  upstream::Pool pool_;
  dialects::BodyReader body_reader_;
  RequestIds request_ids_;
  std::optional<Acceptor> acceptor_;
  size_t connections_ = 0;
  bool draining_ = false;
};

}  // namespace aipol::gateway
