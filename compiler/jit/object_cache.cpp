#include "compiler/jit/object_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/BLAKE3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

namespace aipol::compiler {

namespace {

constexpr std::string_view magic = "aipol-object-2\n";
constexpr std::string_view suffix = ".o";
constexpr std::string_view unfinished = ".new";
constexpr size_t digest_size = 32;
constexpr size_t head_size = magic.size() + digest_size;

using Digest = std::array<uint8_t, digest_size>;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  int number() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

// Written by this user, and by nobody else.
bool ours(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

File open_folder(const std::string& folder) {
  File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status{};
  if (!opened || ::fstat(opened.number(), &status) != 0 || !ours(status)) return File(-1);
  return opened;
}

File make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(folder).parent_path(), error);
  ::mkdir(folder.c_str(), S_IRWXU);
  return open_folder(folder);
}

// The key too, so that an entry under another's name is none.
Digest digest_of(std::string_view key, std::string_view object) {
  llvm::BLAKE3 hash;
  hash.update(llvm::StringRef(key.data(), key.size()));
  hash.update(llvm::StringRef(object.data(), object.size()));
  return hash.final();
}

std::optional<std::string> read_all(int file, size_t size) {
  std::string bytes(size, '\0');
  for (size_t done = 0; done < size;) {
    ssize_t got = ::read(file, bytes.data() + done, size - done);
    if (got <= 0) return std::nullopt;
    done += static_cast<size_t>(got);
  }
  return bytes;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return true;
}

std::optional<std::string> object_in(std::string_view key, std::string_view entry) {
  if (!entry.starts_with(magic)) return std::nullopt;
  std::string_view object = entry.substr(head_size);
  Digest expected = digest_of(key, object);
  if (std::memcmp(entry.data() + magic.size(), expected.data(), digest_size) != 0)
    return std::nullopt;
  return std::string(object);
}

std::string unfinished_name() {
  static std::atomic<uint32_t> next{0};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::to_string(::getpid()) + '-' + std::to_string(now.tv_nsec) + '-' +
         std::to_string(next++) + std::string(unfinished);
}

struct Kept {
  std::string name;
  uint64_t bytes;
  timespec used;
};

bool before(const timespec& a, const timespec& b) {
  return std::pair(a.tv_sec, a.tv_nsec) < std::pair(b.tv_sec, b.tv_nsec);
}

// Entries of ours, and what a writer that died left long ago.
std::vector<Kept> entries_of(int folder) {
  constexpr time_t long_ago = 3600;
  std::vector<Kept> entries;
  std::unique_ptr<DIR, int (*)(DIR*)> listing(
      ::fdopendir(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), ::closedir);
  if (listing == nullptr) return entries;
  while (const dirent* entry = ::readdir(listing.get())) {
    std::string name = entry->d_name;
    struct stat status{};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
      continue;
    if (name.ends_with(suffix))
      entries.push_back({name, static_cast<uint64_t>(status.st_size), status.st_mtim});
    if (name.ends_with(unfinished) && ::time(nullptr) - status.st_mtim.tv_sec > long_ago)
      ::unlinkat(folder, name.c_str(), 0);
  }
  return entries;
}

}  // namespace

std::optional<std::string> ObjectCache::find(const std::string& key) const {
  if (folder_.empty() || key.empty()) return std::nullopt;
  File folder = open_folder(folder_);
  if (!folder) return std::nullopt;
  File file(::openat(folder.number(), (key + std::string(suffix)).c_str(),
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!file || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) || !ours(status))
    return std::nullopt;
  auto size = static_cast<uint64_t>(status.st_size);
  if (size <= head_size || size > most_bytes_) return std::nullopt;
  auto entry = read_all(file.number(), size);
  if (!entry) return std::nullopt;
  auto object = object_in(key, *entry);
  if (object) ::futimens(file.number(), nullptr);
  return object;
}

void ObjectCache::keep(const std::string& key, std::string_view object) const {
  if (folder_.empty() || key.empty() || head_size + object.size() > most_bytes_) return;
  File folder = make_folder(folder_);
  if (!folder) return;
  std::string name = unfinished_name();
  bool written = false;
  {
    File file(::openat(folder.number(), name.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file) return;
    Digest digest = digest_of(key, object);
    written =
        write_all(file.number(), magic) &&
        write_all(file.number(), {reinterpret_cast<const char*>(digest.data()), digest.size()}) &&
        write_all(file.number(), object);
  }
  std::string final = key + std::string(suffix);
  if (!written || ::renameat(folder.number(), name.c_str(), folder.number(), final.c_str()) != 0) {
    ::unlinkat(folder.number(), name.c_str(), 0);
    return;
  }
  trim(folder.number());
}

void ObjectCache::trim(int folder) const {
  std::vector<Kept> entries = entries_of(folder);
  uint64_t total = 0;
  for (const Kept& entry : entries) total += entry.bytes;
  if (total <= most_bytes_) return;
  std::ranges::sort(entries, [](const Kept& a, const Kept& b) { return before(a.used, b.used); });
  for (const Kept& entry : entries) {
    if (total <= most_bytes_) return;
    if (::unlinkat(folder, entry.name.c_str(), 0) == 0) total -= entry.bytes;
  }
}

}  // namespace aipol::compiler
