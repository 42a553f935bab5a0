// All identities of a policy set: who a request comes from, by the credentials that it and its
// connection bear.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/context/call.h"
#include "runtime/identity/identity.h"
#include "runtime/identity/mtls.h"
#include "runtime/identity/report.h"

namespace aipol::identity {

using Headers = std::vector<std::pair<std::string, std::string>>;  // names in lower case

// Background threads keep key files and issuers' keys up to date; they end when this and all that
// took over from it (`Options::before`) are gone.
class Identities {
 public:
  struct Options {
    Report report;  // called by background threads, for as long as these may run
    // Of the policy set in force until now: key files and issuers that are declared as they were
    // are taken over, keys, threads and all, whatever they have come to say since.
    const Identities* before = nullptr;
  };

  // Reads key files and authorities (relative ones from `folder`) and begins to fetch issuers'
  // keys; does not wait for these. The error is one line that names the identity.
  static Result<Identities> load(const std::vector<plan::Identity>& declared,
                                 const std::filesystem::path& folder, const Options& options);
  static Result<Identities> load(const std::vector<plan::Identity>& declared,
                                 const std::filesystem::path& folder) {
    return load(declared, folder, {});
  }

  // Whether clients should be asked for certificates.
  bool wants_certificates() const { return !mtls_.empty(); }
  // What the certificate of a connection is worth, by the first identity whose authority it leads
  // to. Takes as long as verifying signatures does: once a connection. `chain` is what the client
  // sent besides, or null. Without mtls identities, and with no certificate, it is nothing:
  // anonymous.
  Peer check_peer(X509* certificate, stack_st_X509* chain, int64_t time_ns) const;

  // Each credential that is present must be good: else the verdict is bad, whatever else is there,
  // and the principal is anonymous. The principal is that of the first declared identity that knows
  // a credential. `peer` is what check_peer of this very object said, or null.
  Verdict identify(const Headers& headers, const Peer* peer, int64_t time_ns,
                   context::Principal& principal) const;
  Verdict identify(const Headers& headers, int64_t time_ns, context::Principal& principal) const {
    return identify(headers, nullptr, time_ns, principal);
  }

  // Headers that bear credentials; never forwarded.
  const std::vector<std::string>& headers() const { return headers_; }

  // One entry for each identity with something to keep up to date.
  std::vector<Health> health() const;
  // Are the keys of all identities known? Waits for those that are not, up to that long.
  bool wait_until_ready(std::chrono::milliseconds longest) const;

 private:
  struct Found {
    Verdict verdict;
    size_t identity = 0;
  };
  Found check_header(const Headers& headers, std::string_view name, int64_t time_ns,
                     context::Principal& principal) const;

  template <class T>
  struct Entry {
    size_t number;  // which of those declared
    std::string header;
    std::unique_ptr<const T> identity;
  };
  Result<void> add(const plan::Identity& declared, size_t number,
                   const std::filesystem::path& folder, const Options& options);

  std::vector<Entry<Identity>> entries_;
  std::vector<Entry<Mtls>> mtls_;
  std::vector<std::string> headers_;  // of the entries, each once
};

}  // namespace aipol::identity
