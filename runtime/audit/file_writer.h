// A log in a file, put aside when it is full.
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/audit/descriptor.h"
#include "runtime/audit/head.h"
#include "runtime/audit/parts.h"
#include "runtime/audit/recover.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

class FileWriter final : public Writer {
 public:
  // Goes on where the log ends; `doubt` says what is wrong with it, one sentence, else it is empty.
  static Result<std::unique_ptr<FileWriter>> open(const std::filesystem::path& path,
                                                  const plan::Sink& settings, std::string& doubt);

  Link last() const override { return head_.last; }
  std::string first_record() override;
  Result<void> write(std::string_view& lines) override;
  Result<void> work() override;
  std::optional<Milliseconds> due() const override;
  void adopt(const plan::Sink& settings) override;
  Result<void> reopen() override;
  Result<void> finish() override;

 private:
  enum class Force : uint8_t { always, second, never };

  FileWriter(std::filesystem::path path, HeadFile head_file)
      : path_(std::move(path)), head_file_(std::move(head_file)) {}

  Result<Recovered> open_file(const std::optional<Head>& head);
  Result<void> put_aside();
  void drop_old();
  size_t fitting(std::string_view lines) const;
  void note_written(std::string_view bytes);
  Result<void> anchor();
  Result<void> force();
  std::string failed(const char* doing) const;

  std::filesystem::path path_;
  HeadFile head_file_;
  Descriptor file_;
  Head head_;              // as it is to be on disk
  Recovered recovered_;    // at the opening
  std::string torn_line_;  // the part of a line that is written, after a write that failed
  int64_t size_ = 0;       // of the file
  int64_t rotate_bytes_ = 0, keep_ = 0;
  Force force_ = Force::second;
  std::chrono::steady_clock::time_point unforced_since_{};
  bool unforced_ = false;  // something is written and not forced
  bool reopen_ = false;    // once the line is whole
};

}  // namespace aipol::audit
