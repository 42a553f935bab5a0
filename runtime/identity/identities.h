// All identities of a policy set: who a request comes from, by the credentials in its headers.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/deployment.h"
#include "runtime/context/call.h"

namespace aipol::identity {

using Headers = std::vector<std::pair<std::string, std::string>>;  // names in lower case

struct Verdict {
  enum class Kind : uint8_t { anonymous, known, bad } kind = Kind::anonymous;
  std::string_view reason;  // of a bad credential; static, never holds the credential
};

// One kind of identity is one file that makes these (keys_identity.cpp). Used by many threads at
// once.
class Identity {
 public:
  virtual ~Identity() = default;
  // Fills `principal` where the credential is good; `time_ns` is the request's arrival. `anonymous`
  // means that the credential is not of this identity's kind, so that another on the same header
  // may know it.
  virtual Verdict check(std::string_view credential, int64_t time_ns,
                        context::Principal& principal) const = 0;
};

class Identities {
 public:
  // Reads key files (relative ones from `folder`). The error is one line that names the identity.
  static Result<Identities> load(const std::vector<plan::Identity>& declared,
                                 const std::filesystem::path& folder);

  // A header that some identity reads and that is present must be good: else the verdict is bad,
  // whatever else is there. The principal is the one of the first declared identity that knows its
  // credential.
  Verdict identify(const Headers& headers, int64_t time_ns, context::Principal& principal) const;

  // Headers that bear credentials; never forwarded.
  const std::vector<std::string>& headers() const { return headers_; }

 private:
  Verdict check_header(const Headers& headers, std::string_view name, int64_t time_ns,
                       context::Principal& principal) const;

  struct Entry {
    std::string header;
    std::unique_ptr<const Identity> identity;
  };
  std::vector<Entry> entries_;
  std::vector<std::string> headers_;  // of the entries, each once
};

Result<std::unique_ptr<const Identity>> load_api_keys(const std::filesystem::path& file);

}  // namespace aipol::identity
