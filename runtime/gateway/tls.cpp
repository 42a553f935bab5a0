#include "runtime/gateway/tls.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <cstdlib>

namespace aipol::gateway {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// HTTP/1.1 is what is spoken (RFC 7301).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* length, const unsigned char* in,
                    unsigned size, void*) {
  static constexpr unsigned char known[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, length, known, sizeof known - 1, in, size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<void> use_key(ServerTls& context, const plan::Secret& key,
                     const std::filesystem::path& folder) {
  error_code error;
  if (key.from == plan::Secret::From::file) {
    context.use_private_key_file((folder / key.name).string(), ServerTls::pem, error);
  } else {
    const char* text = std::getenv(key.name.c_str());
    if (text == nullptr)
      return failure(fmt::format("gateway: tls: the variable {} is not set", key.name));
    context.use_private_key(asio::buffer(text, std::strlen(text)), ServerTls::pem, error);
  }
  if (error) {
    return failure(
        fmt::format("gateway: tls: {} holds no private key in PEM that fits the "
                    "certificate",
                    key.name));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<ServerTls>> make_server_tls(const plan::Gateway& settings,
                                                   const std::filesystem::path& folder, bool asks) {
  if (settings.tls_certificate.empty()) return nullptr;
  auto context = std::make_shared<ServerTls>(ServerTls::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  error_code error;
  const std::filesystem::path certificate = folder / settings.tls_certificate;
  context->use_certificate_chain_file(certificate.string(), error);
  if (error) {
    return failure(
        fmt::format("gateway: tls: {} holds no certificate in PEM", certificate.string()));
  }
  if (auto used = use_key(*context, *settings.tls_key, folder); !used)
    return std::unexpected(used.error());
  // OpenSSL has a place for a key of each kind: one of another kind is not noticed before.
  if (SSL_CTX_check_private_key(native) != 1) {
    return failure(fmt::format("gateway: tls: the key {} is not that of the certificate {}",
                               settings.tls_key->name, certificate.string()));
  }
  if (asks) {
    // A resumed session would bring the certificate without those that lead to its authority.
    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  }
  return context;
}

}  // namespace aipol::gateway
