#include "cli/commands/watch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <map>

#include "cli/commands/command.h"

namespace aipol::cli {

namespace fs = std::filesystem;

namespace {

// Looking costs little and works on every file system; editors also replace files whole.
constexpr timespec between{0, 200'000'000};

struct Stamp {
  fs::file_time_type time;
  uintmax_t size = 0;
  bool operator==(const Stamp&) const = default;
};
using Snapshot = std::map<std::string, Stamp>;

// Policies, and what they read: documents and schemas.
bool of_set(const fs::path& path) {
  std::string extension = path.extension().string();
  return extension == ".aipol" || extension == ".json" || extension == ".csv";
}

void add(const fs::path& path, Snapshot& snapshot) {
  std::error_code error;
  Stamp stamp{fs::last_write_time(path, error), 0};
  stamp.size = fs::file_size(path, error);
  if (!error) snapshot.emplace(path.string(), stamp);
}

void add_folder(const fs::path& folder, Snapshot& snapshot) {
  std::error_code error;
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder, options, error), end; !error && at != end;
       at.increment(error)) {
    bool hidden = at->path().filename().string().starts_with('.');
    std::error_code unknown;
    if (at->is_directory(unknown)) {
      if (hidden) at.disable_recursion_pending();
    } else if (of_set(at->path())) {
      add(at->path(), snapshot);
    }
  }
}

// What a single policy file reads lies beside it.
void add_file(const fs::path& path, Snapshot& snapshot) {
  add(path, snapshot);
  fs::path around = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  for (fs::directory_iterator at(around, error), end; !error && at != end; at.increment(error)) {
    if (of_set(at->path()) && at->path().extension() != ".aipol") add(at->path(), snapshot);
  }
}

// The files of the set as they are.
Snapshot look(const std::vector<std::string>& paths) {
  Snapshot snapshot;
  for (const fs::path path : paths) {
    std::error_code error;
    fs::is_directory(path, error) ? add_folder(path, snapshot) : add_file(path, snapshot);
  }
  return snapshot;
}

}  // namespace

int watch(const std::vector<std::string>& paths, const std::function<void()>& act) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  for (;;) {
    Snapshot before = look(paths);
    act();
    fmt::print(stderr, "watching {} files; Ctrl-C ends\n", before.size());
    while (look(paths) == before) {
      if (sigtimedwait(&ending, nullptr, &between) > 0) return well;
    }
    fmt::print("\n");
  }
}

}  // namespace aipol::cli
