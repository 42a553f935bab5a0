// The files of a policy set as they are in a revision of a Git repository.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace aipol::revision {

// `REV:PATH`, as Git reads it: the path begins at the top of the repository, or with `./` where the
// process stands.
struct Name {
  std::string revision, path;
};
// Nothing where it is none, or where a file has that name.
std::optional<Name> named(const std::string& text);

inline constexpr size_t max_files = 20'000;

// A folder with those files, which goes with the object. Links and submodules are left out.
class Checkout {
 public:
  // The error names the revision, or the path that is not in it.
  static Result<Checkout> make(const Name& name);
  Checkout(Checkout&& other) noexcept
      : folder_(std::exchange(other.folder_, {})), path_(std::move(other.path_)) {}
  Checkout& operator=(Checkout&& other) noexcept {
    std::swap(folder_, other.folder_);
    std::swap(path_, other.path_);
    return *this;
  }
  ~Checkout();

  // The file or folder that was named.
  const std::string& path() const { return path_; }
  // What a file below is called there: "HEAD~1:policies/a.aipol".
  std::string original(const Name& name, const std::string& file) const;

 private:
  Checkout() = default;
  std::filesystem::path folder_;
  std::string path_;
};

struct Range {
  std::string from, to;
};
// `OLD..NEW`
Result<Range> range_of(const std::string& text);

// The commits of the range that change what the path holds, from old to new, by first parents; its
// beginning is none of them. The path is as the shell has it: from where the process stands.
Result<std::vector<std::string>> commits(const Range& range, const std::string& path);
// "3f2a1b9 Require the analyst role", for people.
Result<std::string> title_of(const std::string& commit);

}  // namespace aipol::revision
