// What a file says, read again by a background thread when the file changes. A version that can not
// be read leaves the last good one in force, and is reported once.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/file_stamp.h"
#include "base/published.h"
#include "base/result.h"
#include "runtime/identity/identity.h"
#include "runtime/identity/periodic.h"
#include "runtime/identity/report.h"

namespace aipol::identity {

template <class T>
class WatchedFile {
 public:
  // Reads a file of that kind; the error names the file.
  using Read = Result<std::unique_ptr<const T>> (*)(const std::filesystem::path& path);
  static constexpr std::chrono::milliseconds every{1000};  // how often the file is looked at

  // An error where the file can not be read now. `owner` begins what is reported.
  static Result<std::shared_ptr<const WatchedFile>> open(const std::filesystem::path& path,
                                                         Read read, std::string owner,
                                                         Report report) {
    const auto stamp = file_stamp(path);
    auto first = read(path);
    if (!first) return std::unexpected(first.error());
    return std::shared_ptr<const WatchedFile>(
        new WatchedFile(path, read, std::move(owner), std::move(report), stamp, std::move(*first)));
  }

  typename Published<T>::Reading read() const { return value_.read(); }
  const std::filesystem::path& path() const { return path_; }
  Health health() const {
    const std::lock_guard<std::mutex> lock(lock_);
    return health_;
  }

 private:
  WatchedFile(std::filesystem::path path, Read read, std::string owner, Report report,
              uint64_t stamp, std::unique_ptr<const T> first)
      : path_(std::move(path)),
        read_(read),
        report_(std::move(report)),
        stamp_(stamp),
        value_(std::move(first)) {
    health_.identity = std::move(owner);
    health_.loads = 1;
    health_.loaded_ns = SystemClock().now();
    watch_.emplace(
        [this](std::stop_token) {
          look();
          return every;
        },
        every);
  }

  void look() {
    const auto stamp = file_stamp(path_);
    if (stamp == stamp_) return;
    stamp_ = stamp;  // before it is read: what changes in between is seen the next time
    auto next = read_(path_);
    if (!next) return failed(next.error().message);
    value_.replace(std::move(*next));
    const std::lock_guard<std::mutex> lock(lock_);
    health_.last_error.clear();
    health_.loaded_ns = SystemClock().now();
    ++health_.loads;
  }

  void failed(const std::string& why) {
    std::string line;
    {
      const std::lock_guard<std::mutex> lock(lock_);
      health_.last_error = why;
      ++health_.failures;
      line =
          fmt::format("identity {}: {}; what it said before stays in force", health_.identity, why);
    }
    if (report_) report_(line);
  }

  const std::filesystem::path path_;
  const Read read_;
  const Report report_;
  uint64_t stamp_;  // of the background thread alone, once it runs
  Published<T> value_;
  mutable std::mutex lock_;
  Health health_;
  std::optional<Periodic> watch_;  // last: it uses all of the above
};

}  // namespace aipol::identity
