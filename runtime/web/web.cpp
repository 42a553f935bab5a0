#include "runtime/web/web.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <optional>

namespace aipol::web {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

struct Address {
  bool tls = false;
  std::string host, port, authority, target;
};

Result<Address> take_apart(std::string_view url) {
  Address out;
  if (url.starts_with("https://")) {
    out.tls = true;
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    url.remove_prefix(7);
  } else {
    return failure("the address does not begin with http:// or https://");
  }
  size_t end = std::min(url.find_first_of("/?#"), url.size());
  out.authority = url.substr(0, end);
  out.target = url.substr(end, url.find('#', end) - end);
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  if (out.authority.find('@') != std::string::npos)
    return failure("the address names a user, which is not supported");
  size_t colon = out.authority.find(':', out.authority.rfind(']') + 1);
  if (out.authority.find(']') == std::string::npos) colon = out.authority.find(':');
  out.host = out.authority.substr(0, colon);
  out.port =
      colon == std::string::npos ? (out.tls ? "443" : "80") : out.authority.substr(colon + 1);
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (out.host.empty() || out.port.empty() || !std::ranges::all_of(out.port, digit))
    return failure("the address names no host, or no port that is a number");
  return out;
}

// One call from its first step to its last; each step begins the next.
class Call {
 public:
  Call(const Request& request, Address address)
      : request_(request), address_(std::move(address)), tls_(asio::ssl::context::tls_client) {
    parser_.body_limit(request.most_bytes);
    parser_.header_limit(64 * 1024);
  }

  Result<Answer> run() {
    if (!prepare()) return failure(fmt::format("{}: TLS can not be set up", address_.authority));
    deadline_.expires_after(request_.timeout);
    deadline_.async_wait([this](error_code cancelled) {
      if (!cancelled) end(asio::error::timed_out, "waiting");
    });
    resolver_.async_resolve(address_.host, address_.port, [this](error_code error, auto found) {
      if (error) return end(error, "looking up the host");
      asio::async_connect(stream_.next_layer(), found,
                          [this](error_code failed, const tcp::endpoint&) {
                            failed ? end(failed, "connecting") : connected();
                          });
    });
    const std::stop_callback stopped(request_.stop, [this] {
      asio::post(context_, [this] { end(asio::error::operation_aborted, "stopping"); });
    });
    context_.run();
    if (error_)
      return failure(fmt::format("{}: {}: {}", address_.authority, doing_, error_.message()));
    return answer();
  }

 private:
  bool prepare() {
    error_code error;
    tls_.set_default_verify_paths(error);
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    message_.method_string(request_.method);
    message_.target(address_.target);
    message_.version(11);
    message_.set(http::field::host, address_.authority);
    message_.set(http::field::user_agent, "aipol");
    message_.set(http::field::connection, "close");
    for (const auto& [name, value] : request_.headers) message_.set(name, value);
    message_.body() = request_.body;
    if (!request_.body.empty() || request_.method != "GET") message_.prepare_payload();
    if (request_.method == "HEAD") parser_.skip(true);
    if (!address_.tls) return true;
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(address_.host));
    return SSL_set_tlsext_host_name(stream_.native_handle(), address_.host.c_str()) == 1;
  }

  void connected() {
    if (!address_.tls) return exchange(stream_.next_layer());
    stream_.async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
      error ? end(error, "TLS") : exchange(stream_);
    });
  }

  template <class Stream>
  void exchange(Stream& stream) {
    http::async_write(stream, message_, [this, &stream](error_code error, size_t) {
      if (error) return end(error, "sending");
      http::async_read(stream, buffer_, parser_,
                       [this](error_code failed, size_t) { end(failed, "reading the answer"); });
    });
  }

  void end(error_code error, const char* doing) {
    if (ended_) return;
    ended_ = true;
    error_ = error;
    doing_ = doing;
    deadline_.cancel();
    resolver_.cancel();
    error_code ignored;
    stream_.next_layer().close(ignored);
  }

  Answer answer() {
    Answer out;
    auto& message = parser_.get();
    out.status = static_cast<uint16_t>(message.result_int());
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      out.headers.emplace_back(std::move(name), field.value());
    }
    out.body = std::move(message.body());
    return out;
  }

  const Request& request_;
  Address address_;
  asio::io_context context_{1};
  asio::ssl::context tls_;
  asio::ssl::stream<tcp::socket> stream_{context_, tls_};
  tcp::resolver resolver_{context_};
  asio::steady_timer deadline_{context_};
  http::request<http::string_body> message_;
  http::response_parser<http::string_body> parser_;
  boost::beast::flat_buffer buffer_{1 << 20};
  error_code error_;
  const char* doing_ = "";
  bool ended_ = false;
};

}  // namespace

std::string_view Answer::header(std::string_view name) const {
  auto found = std::ranges::find(headers, name, &Headers::value_type::first);
  return found == headers.end() ? std::string_view() : found->second;
}

Result<Answer> send(const Request& request) {
  auto address = take_apart(request.url);
  if (!address) return std::unexpected(address.error());
  return Call(request, std::move(*address)).run();
}

}  // namespace aipol::web
