#include "runtime/gateway/listener.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>
#include <optional>

namespace aipol::gateway {

namespace asio = http::asio;
using http::ErrorCode;

namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Error listen_error(const Endpoint& endpoint, const ErrorCode& error) {
  return Error{fmt::format("cannot listen on {}: {}", format_endpoint(endpoint), error.message())};
}

Result<void> bind_and_listen(Acceptor& acceptor, const Endpoint& endpoint, bool shared) {
  ErrorCode error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error && shared) acceptor.set_option(ReusePort(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(4096, error);
  if (error) return std::unexpected(listen_error(endpoint, error));
  return {};
}

}  // namespace

Result<Endpoint> parse_listen_address(std::string_view text) {
  const Error wrong{fmt::format("{} is not an address like 127.0.0.1:8080",
                                text.empty() ? "an empty text" : text)};
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::unexpected(wrong);
  std::string_view host = text.substr(0, colon);
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected(wrong);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  ErrorCode error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error || address.is_v6() != bracketed) return std::unexpected(wrong);
  return Endpoint(address, *port);
}

std::string format_endpoint(const Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

Result<Endpoint> claim(const Endpoint& wanted) {
  asio::io_context context;
  Acceptor acceptor(context.get_executor());
  if (auto bound = bind_and_listen(acceptor, wanted, false); !bound)
    return std::unexpected(bound.error());
  return acceptor.local_endpoint();
}

Result<Acceptor> open_acceptor(asio::io_context& context, const Endpoint& endpoint) {
  Acceptor acceptor(context.get_executor());
  if (auto bound = bind_and_listen(acceptor, endpoint, true); !bound)
    return std::unexpected(bound.error());
  acceptor.non_blocking(true);
  return acceptor;
}

}  // namespace aipol::gateway
