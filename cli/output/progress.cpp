#include "cli/output/progress.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace aipol::cli {

namespace {

// What is done sooner is not worth a line.
constexpr std::chrono::milliseconds quiet{300}, between{50};
constexpr size_t width = 30;

}  // namespace

bool draws_on_terminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

Progress::Progress(std::string what, size_t total, std::string bad)
    : what_(std::move(what)),
      bad_(std::move(bad)),
      total_(total),
      terminal_(draws_on_terminal()),
      next_(std::chrono::steady_clock::now() + quiet) {}

Progress::~Progress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void Progress::step(bool good) {
  std::lock_guard lock(mutex_);
  ++done_;
  not_good_ += !good;
  if (!terminal_ || std::chrono::steady_clock::now() < next_) return;
  next_ = std::chrono::steady_clock::now() + between;
  draw();
}

void Progress::draw() {
  shown_ = true;
  std::string bar;
  for (size_t i = 0; i < width; ++i) bar += i * total_ < done_ * width ? "━" : "─";
  std::string line = fmt::format("{} {}/{} {}", bar, done_, total_, what_);
  if (not_good_ > 0) line += fmt::format(", {} {}", not_good_, bad_);
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}

}  // namespace aipol::cli
