#include "cli/output/byte_progress.h"

#include <string>

#include <fmt/format.h>

#include "cli/output/progress.h"

namespace aipol::cli {

namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// What is done sooner is not worth a line.
constexpr std::chrono::milliseconds quiet{300}, between{100};
constexpr uint64_t width = 30;

std::string bytes_text(double bytes) {
  constexpr double thousand = 1000;
  const char* unit = "MB";
  bytes /= thousand * thousand;
  if (bytes >= thousand) bytes /= thousand, unit = "GB";
  return fmt::format("{:.1f} {}", bytes, unit);
}

std::string time_text(double seconds) {
  auto whole = static_cast<uint64_t>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole)
                    : fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

}  // namespace

ByteProgress::ByteProgress()
    : terminal_(draws_on_terminal()), begin_(steady_clock::now()), next_(begin_ + quiet) {}

ByteProgress::~ByteProgress() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

void ByteProgress::show(uint64_t done, uint64_t total) {
  if (!terminal_) return;
  steady_clock::time_point now = steady_clock::now();
  if (now < next_) return;
  next_ = now + between;
  shown_ = true;
  double took = duration<double>(now - begin_).count();
  auto bytes = static_cast<double>(done);
  std::string line;
  if (total > 0) {
    for (uint64_t i = 0; i < width; ++i) line += i * total < done * width ? "━" : "─";
    double left = done == 0 ? 0 : took * (static_cast<double>(total) - bytes) / bytes;
    line += fmt::format(" {:.0f}%, {} left, ", 100 * bytes / static_cast<double>(total),
                        time_text(left > 0 ? left : 0));
  }
  fmt::print(stderr, "\r\033[K{}{}, {}/s", line, bytes_text(bytes), bytes_text(bytes / took));
  std::fflush(stderr);
}

}  // namespace aipol::cli
