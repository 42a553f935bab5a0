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

  // Calls take(record) for each record of a request in the block; counts the others. The record may
  // be moved away. Of unreadable lines only those of the shard are counted, told by their place.
  template <class Take>
  void read(Block& block, Record& record, Take take) {
    if (block.prepare) block.prepare(block);
    pass_over(block);
    block.each_line([&](std::string_view text, uint64_t line) {
      if (!read_line(text, block.file, line, record)) return;
      take(record);
    });
  }
  Tally& tally() { return tally_; }
  // By its place in the logs.
  static uint64_t place_hash(uint32_t file, uint64_t line);

 private:
  void pass_over(const Block& block);
  bool read_line(std::string_view text, uint32_t file, uint64_t line, Record& record);
  void unreadable(const std::string& why, uint32_t file, uint64_t line);

  const Options& options_;
  RecordReader reader_;
  Tally tally_;
};

}  // namespace aipol::replay
