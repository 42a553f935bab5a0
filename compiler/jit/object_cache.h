// Object files, and plans, kept on disk between runs. What is found here is run as code, so a folder
// or file that others could have written is not used. Nothing here fails: what cannot be read is not there,
// what cannot be written is not kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aipol::compiler {

class ObjectCache {
 public:
  static constexpr uint64_t usual_bytes = 256 << 20;

  // An empty folder keeps nothing. The folder is made, for this user alone, when something is first
  // kept; beyond `most_bytes` what was not used for longest goes.
  explicit ObjectCache(std::string folder, uint64_t most_bytes = usual_bytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  // The object kept under the key, whole and unchanged; marks it as used.
  std::optional<std::string> find(const std::string& key) const;
  // Appears at once and whole, also to other processes. An empty key is not kept.
  void keep(const std::string& key, std::string_view object) const;

 private:
  void trim(int folder) const;

  std::string folder_;
  uint64_t most_bytes_;
};

}  // namespace aipol::compiler
