// What is remembered of conversations: their tags and how many requests they had. Where it is kept
// is the operator's choice: in memory here, in files and on servers in runtime/stores.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "runtime/context/call.h"

namespace aipol::enforce {

// Many threads may use it. A session that was not used for `kept_for` is forgotten.
class Sessions {
 public:
  static constexpr int64_t kept_for = 24LL * 3600 * 1'000'000'000;

  virtual ~Sessions() = default;

  // Adds what is remembered of the session to what the call bears. Nothing without an id. False,
  // and nothing added: the store can not be reached, and that refuses.
  virtual bool recall(context::Session& session, int64_t now) = 0;
  // One request more, and tags that policies gave it.
  virtual void remember(const std::string& id, const std::set<std::string>& tags, int64_t now) = 0;
};

}  // namespace aipol::enforce
