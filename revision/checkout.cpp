#include "revision/checkout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "revision/git.h"

namespace aipol::revision {

namespace fs = std::filesystem;

namespace {

struct Entry {
  std::string object, path;
};

// A path that leads out of its folder, or into a repository, is nobody's policy.
bool safe(const std::string& path) {
  std::istringstream parts(path);
  std::string part;
  if (path.empty() || path.front() == '/' || path.contains('\0')) return false;
  while (std::getline(parts, part, '/')) {
    if (part.empty() || part == "." || part == ".." || part == ".git") return false;
  }
  return true;
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// Of `path` below the top of the repository.
Result<std::string> from_top(const std::string& path) {
  std::string out = path;
  if (path == "." || path.starts_with("./")) {
    auto prefix = git({"rev-parse", "--show-prefix"});
    if (!prefix) return std::unexpected(prefix.error());
    out = without_line_end(*prefix) + (path == "." ? "" : path.substr(2));
  }
  while (out.ends_with('/')) out.pop_back();
  if (!out.empty() && !safe(out))
    return failure(fmt::format("{}: leads out of the repository", path));
  return out;
}

// MODE SP TYPE SP OBJECT TAB PATH NUL, again and again. Files only.
Result<std::vector<Entry>> entries(const std::string& listing) {
  std::vector<Entry> out;
  for (size_t at = 0; at < listing.size();) {
    size_t end = listing.find('\0', at), tab = listing.find('\t', at);
    if (end == listing.npos || tab > end) return failure("git: its listing cannot be read");
    std::istringstream head(listing.substr(at, tab - at));
    std::string mode, type, object;
    head >> mode >> type >> object;
    std::string path = listing.substr(tab + 1, end - tab - 1);
    at = end + 1;
    if (type != "blob" || mode == "120000") continue;
    if (!safe(path)) return failure(fmt::format("{}: leads out of the repository", path));
    if (out.size() == max_files) return failure("there are too many files in that revision");
    out.push_back({std::move(object), std::move(path)});
  }
  return out;
}

// What a set of one file may name besides.
bool is_document(const std::string& path) {
  return path.ends_with(".json") || path.ends_with(".csv");
}

Result<std::vector<Entry>> files_of(const std::string& commit, const std::string& path) {
  std::vector<std::string> list = {"ls-tree", "-r", "-z", "--full-tree", commit};
  // A path is no pattern there.
  auto of = [&](const std::string& folder) -> Result<std::vector<Entry>> {
    std::vector<std::string> arguments = list;
    if (!folder.empty()) arguments.insert(arguments.end(), {"--", folder});
    auto listing = git(arguments);
    if (!listing) return std::unexpected(listing.error());
    return entries(*listing);
  };
  auto found = of(path);
  bool one_file = found && found->size() == 1 && found->front().path == path;
  if (!one_file) return found;
  size_t slash = path.rfind('/');
  auto beside = of(slash == path.npos ? std::string() : path.substr(0, slash) + "/");
  if (!beside) return beside;
  std::erase_if(*beside,
                [&](const Entry& one) { return one.path != path && !is_document(one.path); });
  return beside;
}

Result<void> write(const fs::path& to, std::string_view text) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  std::ofstream out(to, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) return failure(fmt::format("{}: cannot be written", to.string()));
  return {};
}

// OBJECT SP TYPE SP SIZE LF CONTENTS LF for each.
Result<void> write_all(const fs::path& folder, const std::vector<Entry>& files) {
  std::string wanted;
  for (const Entry& file : files) wanted += file.object + "\n";
  auto contents = git({"cat-file", "--batch"}, wanted);
  if (!contents) return std::unexpected(contents.error());
  std::string_view left = *contents;
  for (const Entry& file : files) {
    size_t line = left.find('\n'), space = left.substr(0, line).rfind(' ');
    size_t size = 0;
    bool read =
        line != left.npos && space != left.npos &&
        std::from_chars(left.data() + space + 1, left.data() + line, size).ec == std::errc();
    if (!read || left.size() - line - 1 <= size)
      return failure(fmt::format("{}: is not in the repository", file.path));
    Result<void> done = write(folder / file.path, left.substr(line + 1, size));
    if (!done) return done;
    left.remove_prefix(line + 1 + size + 1);
  }
  return {};
}

Result<std::string> commit_of(const std::string& revision) {
  if (revision.empty() || revision.front() == '-')
    return failure(fmt::format("`{}` names no revision", revision));
  auto commit =
      git({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (!commit) return failure(fmt::format("`{}` names no revision of a Git repository", revision));
  return without_line_end(*commit);
}

}  // namespace

std::optional<Name> named(const std::string& text) {
  size_t colon = text.find(':');
  std::error_code error;
  if (colon == text.npos || colon == 0 || fs::exists(text, error)) return std::nullopt;
  return Name{text.substr(0, colon), text.substr(colon + 1)};
}

Result<Checkout> Checkout::make(const Name& name) {
  auto commit = commit_of(name.revision);
  if (!commit) return std::unexpected(commit.error());
  auto path = from_top(name.path);
  if (!path) return std::unexpected(path.error());
  auto files = files_of(*commit, *path);
  if (!files) return std::unexpected(files.error());
  if (files->empty())
    return failure(fmt::format("{}:{}: there is no such file or folder", name.revision, name.path));
  std::error_code error;
  std::string scratch = (fs::temp_directory_path(error) / "aipol-XXXXXX").string();
  if (::mkdtemp(scratch.data()) == nullptr)
    return failure(fmt::format("{}: no folder can be made there", scratch));
  Checkout out;
  out.folder_ = scratch;
  out.path_ = path->empty() ? scratch : (out.folder_ / *path).string();
  Result<void> written = write_all(out.folder_, *files);
  if (!written) return std::unexpected(written.error());
  return out;
}

Checkout::~Checkout() {
  std::error_code error;
  if (!folder_.empty()) fs::remove_all(folder_, error);
}

std::string Checkout::original(const Name& name, const std::string& file) const {
  std::string below = fs::path(file).lexically_relative(folder_).generic_string();
  return name.revision + ":" + below;
}

Result<Range> range_of(const std::string& text) {
  size_t dots = text.find("..");
  if (dots == text.npos || dots == 0 || dots + 2 == text.size() || text[dots + 2] == '.')
    return failure(fmt::format("`{}` is no range OLD..NEW", text));
  return Range{text.substr(0, dots), text.substr(dots + 2)};
}

Result<std::vector<std::string>> commits(const Range& range, const std::string& path) {
  auto from = commit_of(range.from), to = commit_of(range.to);
  if (!from) return std::unexpected(from.error());
  if (!to) return std::unexpected(to.error());
  auto listing = git({"--literal-pathspecs", "rev-list", "--abbrev-commit", "--abbrev=12",
                      "--reverse", "--first-parent", *to, "^" + *from, "--", path});
  if (!listing) return std::unexpected(listing.error());
  std::vector<std::string> out;
  std::istringstream lines(*listing);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

Result<std::string> title_of(const std::string& commit) {
  auto told = git({"show", "--no-patch", "--format=%h %s", commit, "--"});
  if (!told) return told;
  return without_line_end(*told);
}

}  // namespace aipol::revision
