#include "testing/child.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include "base/check.h"

namespace aipol::testing {

namespace {

constexpr size_t longest_name = 240;

// Lies in memory that both processes see.
struct Note {
  std::atomic<bool> at_work{false};
  size_t number = 0;
  std::array<char, longest_name> name{};
};

class SharedBoard final : public Board {
 public:
  SharedBoard() {
    void* memory =
        mmap(nullptr, sizeof(Notes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    AIPOL_CHECK(memory != MAP_FAILED, "there is memory for what a child notes");
    notes_ = new (memory) Notes();
  }
  ~SharedBoard() override { munmap(notes_, sizeof(Notes)); }
  SharedBoard(const SharedBoard&) = delete;

  void begins(unsigned place, size_t number, std::string_view name) override {
    Note& note = notes_->at(place);
    note.number = number;
    size_t size = std::min(name.size(), longest_name - 1);
    std::memcpy(note.name.data(), name.data(), size);
    note.name[size] = '\0';
    note.at_work.store(true, std::memory_order_release);
  }
  void ended(unsigned place) override {
    notes_->at(place).at_work.store(false, std::memory_order_release);
  }

  std::vector<Crash::Work> running() const {
    std::vector<Crash::Work> all;
    for (const Note& note : *notes_) {
      if (note.at_work.load(std::memory_order_acquire))
        all.push_back({note.number, note.name.data()});
    }
    return all;
  }

 private:
  using Notes = std::array<Note, places>;
  Notes* notes_;
};

[[noreturn]] void be_child(pid_t parent, const std::function<int(Board&)>& work, Board& board) {
  // A child whose parent is gone would work for nobody.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) std::_Exit(EXIT_FAILURE);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Whoever handles crashes in the parent does not speak for the child.
  for (int crash : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(crash, SIG_DFL);
  std::exit(work(board));
}

bool on_purpose(int signal) {
  return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGPIPE;
}

std::string described(int signal) {
  const char* name = sigabbrev_np(signal);
  const char* text = sigdescr_np(signal);
  return fmt::format("{} (SIG{})", text == nullptr ? "ended by a signal" : text,
                     name == nullptr ? std::to_string(signal) : name);
}

}  // namespace

std::expected<int, Crash> run_in_child(const std::function<int(Board&)>& work) {
  SharedBoard board;
  // What is not written yet would be written twice.
  std::fflush(nullptr);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) return work(board);  // no process is to be had: without the wall, then
  if (child == 0) be_child(parent, work, board);
  int status = 0;
  while (waitpid(child, &status, 0) < 0) AIPOL_CHECK(errno == EINTR, "a child can be waited for");
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  int signal = WTERMSIG(status);
  if (on_purpose(signal)) std::raise(signal);
  return std::unexpected(Crash{described(signal), board.running()});
}

}  // namespace aipol::testing
