// identity NAME : mtls — the certificate that a client showed while its connection was made.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/identity/identity.h"

struct stack_st_X509;  // OpenSSL's STACK_OF(X509)

namespace aipol::identity {

// What a certificate is worth: worked out once a connection, good until the certificate or one that
// it rests on ends.
struct Peer {
  Verdict verdict;
  context::Principal principal;  // of a known one
  int64_t until_ns = INT64_MAX;
  size_t identity = 0;  // which of those declared knows it
};

// Used by many threads at once.
class Mtls {
 public:
  // Reads the authority's certificates, PEM; roots and intermediates alike are trusted.
  static Result<std::unique_ptr<const Mtls>> load(const plan::Identity& declared,
                                                  const std::filesystem::path& folder);
  ~Mtls();
  Mtls(const Mtls&) = delete;
  Mtls& operator=(const Mtls&) = delete;

  // `chain`: what the client sent besides, in any order, or null. The certificate must lead to the
  // authority, be made for clients, and hold at `time_ns`, nanoseconds since the epoch.
  Peer check(X509* certificate, stack_st_X509* chain, int64_t time_ns) const;

  static constexpr std::string_view unknown_authority =
      "the client's certificate is of an authority that is not known here";

 private:
  Mtls(plan::Identity declared, X509_STORE* store);
  void fill(const X509* certificate, Peer& peer) const;

  const plan::Identity declared_;
  X509_STORE* const store_;
};

}  // namespace aipol::identity
