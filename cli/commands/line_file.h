// A file that lines are written to while a command works.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/result.h"

namespace aipol::cli {

class LineFile {
 public:
  // What was there is replaced.
  static Result<std::unique_ptr<LineFile>> create(const std::filesystem::path& path);
  ~LineFile();
  LineFile(const LineFile&) = delete;

  // Whole lines; any thread. What goes wrong `close` tells.
  void write(std::string_view lines);
  Result<void> close();

 private:
  LineFile(std::filesystem::path path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::mutex mutex_;
  std::filesystem::path path_;
  std::FILE* file_;
  int error_ = 0;  // errno; 0: all is well
};

}  // namespace aipol::cli
