// What all kinds of identities have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/context/call.h"

namespace aipol::identity {

struct Verdict {
  enum class Kind : uint8_t { anonymous, known, bad } kind = Kind::anonymous;
  std::string_view reason;  // of a bad credential; static, never holds the credential
};

// The reason where another identity may know the token better.
inline constexpr std::string_view unknown_issuer = "the token's issuer is not known here";

// Why background work fails, and how it stands with what it keeps up to date.
struct Health {
  std::string identity;     // its name
  bool keys_loaded = true;  // false: its callers are all refused for now
  std::string last_error;   // of the last try; empty where that went well. One line, no secret
  int64_t loaded_ns = 0;    // when the keys in force were read, since the epoch; 0: never
  uint64_t keys = 0;        // how many there are
  uint64_t loads = 0, failures = 0;  // since the start
};

class Credential;

// One kind of identity whose credentials stand in headers is one file that makes these
// (api_keys_identity.cpp, jwt_identity.cpp). Used by many threads at once.
class Identity {
 public:
  virtual ~Identity() = default;
  // Fills `principal` where the credential is good; `time_ns` is the request's arrival. `anonymous`
  // means that the credential is not this identity's, so that another on the same header may know
  // it; a reason is then what the caller is told if none does.
  virtual Verdict check(const Credential& credential, int64_t time_ns,
                        context::Principal& principal) const = 0;
  virtual Health health() const = 0;
};

}  // namespace aipol::identity
