// Records sent to a server of others, kept in a folder until it takes them: what was taken over
// outlives the process. The folder has the files NUMBER.jsonl, one for each batch, and `head`,
// where the chain goes on. A batch is sent again if the process ends between its sending and its
// removal; its records bear the same numbers then.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>

#include "runtime/audit/backoff.h"
#include "runtime/audit/delivery.h"
#include "runtime/audit/head.h"
#include "runtime/audit/writer.h"

namespace aipol::audit {

class SpoolWriter final : public Writer {
 public:
  // Makes the folder. An error where another process uses it.
  static Result<std::unique_ptr<SpoolWriter>> open(const std::filesystem::path& folder,
                                                   Delivery delivery, Backoff backoff,
                                                   uint64_t most_bytes);

  Link last() const override { return head_.last; }
  std::string first_record() override;
  // Into the spool; an error where that is full.
  Result<void> write(std::string_view& lines) override;
  // Sends the oldest batch.
  Result<void> work() override;
  std::optional<Milliseconds> due() const override;
  void adopt(const plan::Sink& settings) override;
  uint64_t take_refused() override { return delivery_.take_refused(); }
  uint64_t spooled_bytes() const override { return bytes_; }
  Result<void> finish() override;

 private:
  struct File {
    uint64_t number = 0;
    uint64_t bytes = 0;
  };

  SpoolWriter(std::filesystem::path folder, Delivery delivery, Backoff backoff, HeadFile head_file,
              uint64_t most_bytes)
      : folder_(std::move(folder)),
        delivery_(std::move(delivery)),
        backoff_(backoff),
        head_file_(std::move(head_file)),
        most_bytes_(most_bytes) {}

  void find_files();
  Result<void> recover(const std::optional<Head>& head);
  std::filesystem::path path_of(uint64_t number) const;
  Result<void> send_oldest();
  void forget_oldest();

  std::filesystem::path folder_;
  Delivery delivery_;
  Backoff backoff_;
  HeadFile head_file_;
  uint64_t most_bytes_;
  std::deque<File> files_;  // by age
  uint64_t next_ = 1, bytes_ = 0;
  Head head_;
  uint64_t missing_ = 0;
  bool forced_ = false;  // each batch to the disk at once
  std::chrono::steady_clock::time_point retry_at_{};
};

}  // namespace aipol::audit
