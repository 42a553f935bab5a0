// What one thread of a replay has: a reader of records, and its sums.
#pragma once

#include <memory>

#include "replay/partition.h"
#include "replay/record_reader.h"
#include "replay/replay.h"
#include "replay/tally.h"

namespace aipol::replay {

// Both sets, deciding one record after the other. Sets must outlive it.
class Pair {
 public:
  static Result<std::unique_ptr<Pair>> make(const PolicySet* from, const PolicySet& to);
  // The record's call is used up.
  void decide(Record& record, Tally& tally);
  void finish(Tally& tally);

 private:
  std::unique_ptr<World> from_, to_;  // `from_` may be null
  offline::DescribedCall copy_;
  std::string target_;
  Verdict before_, after_;
};

class Worker {
 public:
  Worker(const PolicySet* from, const PolicySet& to, const Options& options,
         const std::vector<std::string>& logs);

  // Calls take(record) for each record of a request in the block; counts the others. The record,
  // which is owned, may be moved away. Of unreadable lines only those of the shard are counted,
  // told by their place.
  template <class Take>
  void read(Block& block, Take take) {
    if (block.prepare) block.prepare(block);
    pass_over(block);
    std::unique_ptr<Record> record;
    block.each_line([&](std::string_view text, uint64_t line) {
      if (record == nullptr) record = spare();
      if (read_line(text, block.file, line, *record)) take(record);
    });
    if (record != nullptr) keep(std::move(record));
  }
  // A record that is not needed any more serves another one, with what it has allocated.
  void keep(std::unique_ptr<Record> record) {
    if (spare_.size() < most_spare) spare_.push_back(std::move(record));
  }
  Tally& tally() { return tally_; }
  // By its place in the logs.
  static uint64_t place_hash(uint32_t file, uint64_t line);

 private:
  static constexpr size_t most_spare = 4096;

  std::unique_ptr<Record> spare() {
    if (spare_.empty()) return std::make_unique<Record>();
    std::unique_ptr<Record> record = std::move(spare_.back());
    spare_.pop_back();
    return record;
  }
  void pass_over(const Block& block);
  bool read_line(std::string_view text, uint32_t file, uint64_t line, Record& record);
  void unreadable(const std::string& why, uint32_t file, uint64_t line);

  const Options& options_;
  RecordReader reader_;
  Tally tally_;
  std::vector<std::unique_ptr<Record>> spare_;
};

}  // namespace aipol::replay
