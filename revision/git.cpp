#include "revision/git.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

extern char** environ;

namespace aipol::revision {

namespace {

// A descriptor that is closed with it.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return ::lseek(descriptor, 0, SEEK_SET) == 0;
}

// Up to `most` bytes; false where there are more.
bool read_all(int descriptor, std::string& out, size_t most) {
  char buffer[1 << 16];
  for (;;) {
    ssize_t count = ::read(descriptor, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    if (out.size() + static_cast<size_t>(count) > most) return false;
    out.append(buffer, static_cast<size_t>(count));
  }
}

// Nothing is asked of a terminal, nothing fetched, nothing locked.
std::vector<std::string> surroundings() {
  std::vector<std::string> out = {"GIT_TERMINAL_PROMPT=0",   "GIT_NO_LAZY_FETCH=1",
                                  "GIT_OPTIONAL_LOCKS=0",    "GIT_PAGER=cat",
                                  "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C"};
  for (char** one = environ; *one != nullptr; ++one) {
    std::string_view text(*one);
    bool ours = text.starts_with("GIT_TERMINAL_PROMPT=") || text.starts_with("LC_ALL=") ||
                text.starts_with("GIT_PAGER=") || text.starts_with("GIT_NO_LAZY_FETCH=") ||
                text.starts_with("GIT_OPTIONAL_LOCKS=") || text.starts_with("GIT_TRACE");
    if (!ours) out.emplace_back(text);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::string first_line(const std::string& text) {
  std::string line = text.substr(0, text.find('\n'));
  for (std::string_view word : {"fatal: ", "error: "}) {
    if (line.starts_with(word)) line.erase(0, word.size());
  }
  return line;
}

Result<pid_t> spawn(std::vector<std::string> arguments, int in, int out, int complaints) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
  std::vector<std::string> environment = surroundings();
  std::vector<char*> argv = pointers(arguments), envp = pointers(environment);
  pid_t child = 0;
  int error = posix_spawnp(&child, "git", &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return failure(fmt::format("git: cannot be run: {}", std::strerror(error)));
  return child;
}

}  // namespace

Result<std::string> git(const std::vector<std::string>& arguments, std::string_view input) {
  Descriptor in(memfd_create("git-input", MFD_CLOEXEC)),
      complaints(memfd_create("git-complaints", MFD_CLOEXEC));
  int ends[2];
  if (in.number() < 0 || complaints.number() < 0 || ::pipe2(ends, O_CLOEXEC) != 0)
    return failure(fmt::format("git: cannot be run: {}", std::strerror(errno)));
  Descriptor from(ends[0]), to(ends[1]);
  if (!write_all(in.number(), input)) return failure("git: its input cannot be written");
  std::vector<std::string> all = {"git", "--no-pager", "-c", "core.fsmonitor=false"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  for (const std::string& one : all) {
    if (one.contains('\0')) return failure("git: a name holds a zero byte");
  }
  Result<pid_t> child = spawn(std::move(all), in.number(), to.number(), complaints.number());
  if (!child) return std::unexpected(child.error());
  to.close();
  std::string out, complaint;
  bool whole = read_all(from.number(), out, max_output_bytes);
  from.close();  // one that still writes ends
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!whole) return failure("git: what it prints is too long");
  ::lseek(complaints.number(), 0, SEEK_SET);
  std::ignore = read_all(complaints.number(), complaint, size_t{1} << 16);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out;
  return failure(fmt::format("git: {}", complaint.empty() ? "failed" : first_line(complaint)));
}

}  // namespace aipol::revision
