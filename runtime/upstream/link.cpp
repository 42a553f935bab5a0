#include "runtime/upstream/link.h"

#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

#include "runtime/http/send.h"

namespace aipol::upstream {

namespace asio = http::asio;
using http::as_result;
using http::ErrorCode;
using http::Task;

namespace {

constexpr size_t buffer_size = 16 * 1024;
constexpr size_t least_room = 4 * 1024;  // what a read should have

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, http::Executor>;

}  // namespace

std::unique_ptr<TlsContext> make_tls_context() {
  auto context = std::make_unique<TlsContext>(TlsContext::tls_client);
  context->set_default_verify_paths();
  context->set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

Link::Link(asio::io_context& context, TlsContext* tls)
    : in(buffer_size), context_(context), tls_context_(tls), socket_(context) {}

Task<ErrorCode> Link::connect(const Remote& remote) {
  ErrorCode error = co_await resolve_and_connect(remote);
  if (error) co_return error;
  if (closed_) co_return asio::error::operation_aborted;
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  if (remote.tls) error = co_await handshake(remote);
  co_return error;
}

Task<ErrorCode> Link::resolve_and_connect(const Remote& remote) {
  ErrorCode no_address;
  const auto address = asio::ip::make_address(remote.host, no_address);
  if (!no_address) {
    const asio::ip::tcp::endpoint endpoint(address, static_cast<uint16_t>(std::stoi(remote.port)));
    const auto [error] = co_await socket_.async_connect(endpoint, as_result);
    co_return error;
  }
  Resolver resolver(context_);
  const auto [not_found, endpoints] =
      co_await resolver.async_resolve(remote.host, remote.port, as_result);
  if (not_found) co_return not_found;
  if (closed_) co_return asio::error::operation_aborted;
  const auto [error, endpoint] = co_await asio::async_connect(socket_, endpoints, as_result);
  co_return error;
}

Task<ErrorCode> Link::handshake(const Remote& remote) {
  tls_ = std::make_unique<asio::ssl::stream<http::Socket&>>(socket_, *tls_context_);
  tls_->set_verify_callback(asio::ssl::host_name_verification(remote.host));
  SSL_set_tlsext_host_name(tls_->native_handle(), remote.host.c_str());
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::client, as_result);
  co_return error;
}

Task<ErrorCode> Link::write(std::string_view head, std::string_view body) {
  if (closed_) co_return asio::error::operation_aborted;
  if (tls_) {
    const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
    const auto [error, bytes] = co_await asio::async_write(*tls_, both, as_result);
    co_return error;
  }
  http::Pieces pieces{head};
  if (!body.empty()) pieces.push_back(body);
  co_return co_await http::send_all(socket_, pieces);
}

Task<ErrorCode> Link::read() {
  if (closed_) co_return asio::error::operation_aborted;
  in.reserve(least_room);
  const auto space = asio::buffer(in.space(), in.room());
  if (tls_) {
    const auto [error, bytes] = co_await tls_->async_read_some(space, as_result);
    in.commit(bytes);
    co_return error;
  }
  const auto [error, bytes] = co_await socket_.async_read_some(space, as_result);
  in.commit(bytes);
  co_return error;
}

bool Link::is_quiet() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void Link::close() {
  closed_ = true;
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace aipol::upstream
