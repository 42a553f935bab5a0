// One connection to a provider, plain or TLS.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string_view>

#include "runtime/http/buffer.h"
#include "runtime/http/net.h"
#include "runtime/upstream/remote.h"

namespace aipol::upstream {

using TlsContext = http::asio::ssl::context;

// Verifies providers against the system's certificates (SSL_CERT_FILE and SSL_CERT_DIR are
// respected); TLS 1.2 and up.
std::unique_ptr<TlsContext> make_tls_context();

class Link {
 public:
  Link(http::asio::io_context& context,
       TlsContext* tls);  // `tls` may be null where no provider needs it

  http::Task<http::ErrorCode> connect(const Remote& remote);
  http::Task<http::ErrorCode> write(std::string_view head, std::string_view body);
  // Appends to `in` what arrives next; an error at the end, asio::error::eof where the end is
  // regular.
  http::Task<http::ErrorCode> read();

  // Of an idle link: has the provider neither closed it nor sent anything.
  bool is_quiet();
  // Ends whatever is waiting here, with an error. The link is of no use afterwards.
  void close();

  http::Buffer in;

 private:
  http::Task<http::ErrorCode> resolve_and_connect(const Remote& remote);
  http::Task<http::ErrorCode> handshake(const Remote& remote);

  http::asio::io_context& context_;
  TlsContext* tls_context_;
  http::Socket socket_;
  std::unique_ptr<http::asio::ssl::stream<http::Socket&>> tls_;
  bool closed_ = false;
};

}  // namespace aipol::upstream
