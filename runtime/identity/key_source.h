// Where a jwt identity has its issuer's keys from.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/published.h"
#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/identity/identity.h"
#include "runtime/identity/jwk.h"
#include "runtime/identity/report.h"

namespace aipol::identity {

// Used by many threads at once.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // The keys in force; null until they are known.
  virtual Published<KeySet>::Reading read() const = 0;
  // A token named a key that is not known: the issuer may have a new one. Never waits, and is
  // followed by a fetch at most every ten seconds.
  virtual void ask() const {}
  virtual Health health() const = 0;
  // Does it serve that identity, too?
  virtual bool serves(const plan::Identity& declared,
                      const std::filesystem::path& folder) const = 0;
};

// Of the file that `jwks` names, or by fetching from the address there or, where there is none, the
// one that OpenID discovery gives. A file that can not be read, and an issuer that is no address
// where it must be one, are errors; an address that does not answer is not: the keys are unknown
// then and tried for in the background.
Result<std::shared_ptr<const KeySource>> open_key_source(const plan::Identity& declared,
                                                         const std::filesystem::path& folder,
                                                         Report report);

}  // namespace aipol::identity
