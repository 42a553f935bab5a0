// What operators see of a gateway, on an address of its own: /metrics, /healthz, /readyz, /policy,
// /shadow; and what they ask: /explain.
#pragma once

#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <string>

#include "runtime/gateway/explain.h"
#include "runtime/gateway/listener.h"
#include "runtime/gateway/service.h"

namespace aipol::gateway {

// What it tells of.
struct Inside {
  Lasting& lasting;
  std::function<std::shared_ptr<const Service>()> service;  // in force
  std::function<bool()> draining;
};

class Admin {
 public:
  // Of the thread that runs the context.
  Admin(http::asio::io_context& context, Inside inside);

  Result<void> listen(const Endpoint& endpoint);
  void stop();

  // The answer to a GET of this path; nothing where there is no such page. `status` is 200 or 503.
  std::optional<std::string> page(std::string_view path, unsigned& status, std::string& type) const;

 private:
  http::Task<> accept();
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Answer = boost::beast::http::response<boost::beast::http::string_body>;
  http::Task<> serve(http::Socket socket);
  Answer answer_to(const Request& request);
  Answer explanation_of(const Request& request);
  Answer refusal_of_size() const;
  std::string readiness(unsigned& status) const;
  std::string metrics() const;
  std::string policy() const;

  http::asio::io_context& context_;
  Inside inside_;
  std::optional<Acceptor> acceptor_;
  size_t connections_ = 0;
};

}  // namespace aipol::gateway
