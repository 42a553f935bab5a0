#include "runtime/identity/key_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/identity/fetch_keys.h"
#include "runtime/identity/issuer_keys.h"
#include "runtime/identity/read_file.h"
#include "runtime/identity/watched_file.h"

namespace aipol::identity {
namespace {

constexpr size_t largest_file = 1 << 20;

Result<std::unique_ptr<const KeySet>> read_key_set(const std::filesystem::path& path) {
  const auto text = read_file(path, largest_file);
  if (!text) return std::unexpected(text.error());
  auto keys = parse_key_set(*text);
  if (keys && keys->empty()) keys = failure("it has no key that can be used");
  if (!keys) return failure(fmt::format("{}: {}", path.string(), keys.error().message));
  return std::make_unique<const KeySet>(std::move(*keys));
}

using KeySetFile = WatchedFile<KeySet>;

class FileKeys final : public KeySource {
 public:
  explicit FileKeys(std::shared_ptr<const KeySetFile> file) : file_(std::move(file)) {}

  Published<KeySet>::Reading read() const override { return file_->read(); }
  Health health() const override {
    Health health = file_->health();
    health.keys = read()->keys().size();
    return health;
  }
  bool serves(const plan::Identity& declared, const std::filesystem::path& folder) const override {
    return !is_address(declared.jwks) && !declared.jwks.empty() &&
           folder / declared.jwks == file_->path();
  }

 private:
  std::shared_ptr<const KeySetFile> file_;
};

}  // namespace

Result<std::shared_ptr<const KeySource>> open_key_source(const plan::Identity& declared,
                                                         const std::filesystem::path& folder,
                                                         Report report) {
  if (declared.jwks.empty() && !is_address(declared.issuer))
    return failure(
        "the issuer is no address at which its keys could be found; say with `jwks` where they "
        "are");
  if (declared.jwks.empty() || is_address(declared.jwks)) {
    IssuerKeys::Pace pace;
    pace.refresh =
        std::min<std::chrono::nanoseconds>(declared.refresh, std::chrono::hours(24 * 365));
    return std::make_shared<IssuerKeys>(declared, pace, std::move(report));
  }
  auto file =
      KeySetFile::open(folder / declared.jwks, read_key_set, declared.name, std::move(report));
  if (!file) return std::unexpected(file.error());
  return std::make_shared<FileKeys>(std::move(*file));
}

}  // namespace aipol::identity
