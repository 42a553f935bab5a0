// Key files, the store behind `identity … : api_key`:
//   {"keys":[{"id","name","hash","kind","tenant","roles":[…],"groups":[…],"attributes":{…},
//             "created","expires","revoked"}]}
// `id` and `hash` (SHA-256 in hexadecimal) are required. `kind` is "app" (the default) or "user".
// Times are RFC 3339. Unknown members are errors, so that a misspelt `expires` does not make a key
// eternal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/context/call.h"
#include "runtime/identity/api_key.h"

namespace aipol::identity {

struct Key {
  std::string id;
  std::string name;
  KeyHash hash{};
  std::string kind = "app";
  std::string tenant;
  std::vector<std::string> roles;
  std::vector<std::string> groups;
  context::Attributes attributes;                             // fill the principal's attributes
  std::optional<int64_t> created_ns, expires_ns, revoked_ns;  // since the epoch
};

// Reads the text of a key file. Errors name the key and the member: `keys[3].expires: not a time`.
Result<std::vector<Key>> parse_key_file(std::string_view text);
std::string format_key_file(const std::vector<Key>& keys);

// At most 64 MiB. A file that does not exist is an error.
Result<std::vector<Key>> read_key_file(const std::filesystem::path& path);

// What `aipol keys` does. The file is replaced as a whole (written beside it, flushed, renamed;
// mode 0600), under a lock, so that neither a crash nor a second writer loses keys. A file that
// does not exist is made by `add`.
struct Issued {
  Key key;
  std::string secret;  // the key itself: printed once, kept nowhere
};
// `wanted` without hash and created; an empty id gets a random one. A taken id is an error.
Result<Issued> add_key(const std::filesystem::path& path, Key wanted);
// Sets `revoked` to now. An unknown id is an error; a key that was revoked before keeps its time.
Result<Key> revoke_key(const std::filesystem::path& path, std::string_view id);

}  // namespace aipol::identity
