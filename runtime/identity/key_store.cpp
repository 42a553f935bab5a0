// The writing half of key_file.h.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/temporary_file.h"
#include "runtime/identity/key_file.h"

namespace aipol::identity {
namespace {

int64_t now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::floor<std::chrono::seconds>(now).count() * 1'000'000'000;
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

Error write_error(const std::filesystem::path& path) {
  return Error{fmt::format("cannot write {}: {}", path.string(), std::strerror(errno))};
}

// Writers of the files of one folder take turns; the lock ends with the process at the latest.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) == 0) held_ = true;
  }
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return held_; }
  void flush() const { ::fsync(descriptor_); }

 private:
  int descriptor_;
  bool held_ = false;
};

Result<void> replace_file(const std::filesystem::path& path, std::string_view text,
                          const FolderLock& folder) {
  TemporaryFile temporary(path.string());  // made with mode 0600
  bool replaced =
      temporary.is_open() && temporary.write(text) && temporary.take_place_of(path.string());
  if (!replaced) return std::unexpected(write_error(path));
  folder.flush();
  return {};
}

// Reads, changes, writes; `change` gives its result or an error.
template <class T, class F>
Result<T> edit_key_file(const std::filesystem::path& path, bool create, F change) {
  const FolderLock folder(folder_of(path));
  if (!folder.held()) return std::unexpected(write_error(path));
  std::vector<Key> keys;
  if (!create || std::filesystem::exists(path)) {
    auto read = read_key_file(path);
    if (!read) return std::unexpected(read.error());
    keys = std::move(*read);
  }
  Result<T> result = change(keys);
  if (!result) return result;
  if (auto written = replace_file(path, format_key_file(keys), folder); !written) {
    return std::unexpected(written.error());
  }
  return result;
}

auto find_key(std::vector<Key>& keys, std::string_view id) {
  return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
}

}  // namespace

Result<Issued> add_key(const std::filesystem::path& path, Key wanted) {
  auto secret = make_key();
  if (!secret) return std::unexpected(secret.error());
  if (wanted.id.empty()) {
    auto id = make_key_id();
    if (!id) return std::unexpected(id.error());
    wanted.id = std::move(*id);
  }
  wanted.hash = hash_key(*secret);
  wanted.created_ns = now_ns();
  return edit_key_file<Issued>(path, true, [&](std::vector<Key>& keys) -> Result<Issued> {
    if (find_key(keys, wanted.id) != keys.end()) {
      return failure(fmt::format("{}: there is a key {} already", path.string(), wanted.id));
    }
    keys.push_back(wanted);
    return Issued{wanted, *secret};
  });
}

Result<Key> revoke_key(const std::filesystem::path& path, std::string_view id) {
  return edit_key_file<Key>(path, false, [&](std::vector<Key>& keys) -> Result<Key> {
    const auto key = find_key(keys, id);
    if (key == keys.end()) return failure(fmt::format("{}: there is no key {}", path.string(), id));
    if (!key->revoked_ns) key->revoked_ns = now_ns();
    return *key;
  });
}

}  // namespace aipol::identity
