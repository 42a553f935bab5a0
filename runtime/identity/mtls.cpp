#include "runtime/identity/mtls.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "runtime/identity/certificate.h"
#include "runtime/identity/mapping.h"
#include "runtime/identity/quiet_errors.h"
#include "runtime/identity/read_file.h"

namespace aipol::identity {
namespace {

constexpr size_t largest_file = 4 << 20;
constexpr int longest_chain = 8;
constexpr int auth_level = 2;  // 112 bits: RSA from 2048 bits on, no SHA-1

struct FreeStore {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct FreeContext {
  void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};

// How many were added; 0 where one is malformed.
int add_certificates(const std::string& pem, X509_STORE* store) {
  BIO* bytes = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  int count = 0;
  while (X509* one = PEM_read_bio_X509(bytes, nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, one);
    X509_free(one);
    ++count;
  }
  BIO_free(bytes);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  return at_end ? count : 0;
}

std::string_view reason_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the client's certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the client's certificate is not valid yet";
    case X509_V_ERR_INVALID_PURPOSE:
      return "the client's certificate is not made for clients";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return "the client's certificate is signed too weakly";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return Mtls::unknown_authority;
    default:
      return "the client's certificate is not valid";
  }
}

int64_t end_of(const STACK_OF(X509) * verified) {
  int64_t end = INT64_MAX;
  for (int i = 0; i < sk_X509_num(verified); ++i)
    end = std::min(end, time_of(X509_get0_notAfter(sk_X509_value(verified, i))));
  return end;
}

// Who it is where no mapping says it: the first of these that the certificate has.
const std::vector<plan::Identity::Mapping>& default_ids() {
  static const std::vector<plan::Identity::Mapping> from = {
      {"id", "subject.cn", "", {}}, {"id", "san.dns", "", {}}, {"id", "san.uri", "", {}}};
  return from;  // a later one replaces an earlier one
}

}  // namespace

Mtls::Mtls(plan::Identity declared, X509_STORE* store)
    : declared_(std::move(declared)), store_(store) {}

Mtls::~Mtls() { X509_STORE_free(store_); }

Result<std::unique_ptr<const Mtls>> Mtls::load(const plan::Identity& declared,
                                               const std::filesystem::path& folder) {
  const auto path = folder / declared.ca;
  const auto pem = read_file(path, largest_file);
  if (!pem) return std::unexpected(pem.error());
  const QuietErrors quiet;
  std::unique_ptr<X509_STORE, FreeStore> store(X509_STORE_new());
  if (add_certificates(*pem, store.get()) == 0)
    return failure(fmt::format("{}: not a file of certificates (PEM)", path.string()));
  return std::unique_ptr<const Mtls>(new Mtls(declared, store.release()));
}

Peer Mtls::check(X509* certificate, stack_st_X509* chain, int64_t time_ns) const {
  const QuietErrors quiet;
  const std::unique_ptr<X509_STORE_CTX, FreeContext> context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), store_, certificate, chain) != 1)
    return {{Verdict::Kind::bad, "the client's certificate is not valid"}, {}};
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
  X509_VERIFY_PARAM_set_time(parameters, time_ns / 1'000'000'000);
  X509_VERIFY_PARAM_set_depth(parameters, longest_chain);
  X509_VERIFY_PARAM_set_auth_level(parameters, auth_level);
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert(context.get()) != 1)
    return {{Verdict::Kind::bad, reason_of(X509_STORE_CTX_get_error(context.get()))}, {}};
  Peer peer{{Verdict::Kind::known, {}}, {}};
  peer.until_ns = end_of(X509_STORE_CTX_get0_chain(context.get()));
  fill(certificate, peer);
  return peer;
}

void Mtls::fill(const X509* certificate, Peer& peer) const {
  const nlohmann::json claims = claims_of(certificate);
  context::Principal& principal = peer.principal;
  principal.kind = "app";
  principal.method = "mtls";
  principal.expires_ns = peer.until_ns;
  const bool id_mapped =
      std::ranges::any_of(declared_.map, [](const auto& mapping) { return mapping.field == "id"; });
  if (!id_mapped) map_claims(claims, default_ids(), principal);
  map_claims(claims, declared_.map, principal);
}

}  // namespace aipol::identity
