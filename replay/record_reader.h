// A line of the contract's JSONL -> a record. What offline::read_call reads is read alike, and what
// it refuses is refused; simple records, nearly all, take shorter ways that a fuzzer compares with
// it.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "plan/plan.h"
#include "replay/record.h"

namespace aipol::replay {

class RecordReader {
 public:
  // Attributes of the request are those that one of the plans reads; plans may be null. What
  // is not wanted the short way need not fill.
  RecordReader(const plan::Plan* one, const plan::Plan* other, Wanted wanted = {});
  ~RecordReader();

  // Fills the record but for its place. `slack`: Block::slack bytes behind the line may be read. Of
  // another record of an audit log only `kind` is set.
  Result<void> read(std::string_view line, bool slack, Record& record);

  // The three ways, of which each is tried where the one before it can not read the record (false):
  // as a line was that was read before, as JSON of the plain case, and any.
  bool read_by_shape(std::string_view line, bool slack, Record& record);
  bool read_simply(std::string_view line, bool slack, Record& record);
  Result<void> read_slowly(std::string_view line, Record& record) const;

 private:
  struct Memory;
  std::string_view padded(std::string_view line, bool slack);
  static void conclude(Record& record);

  const Wanted wanted_;
  plan::Plan names_;  // only its sources: what the plans read
  std::unique_ptr<Memory> memory_;
};

}  // namespace aipol::replay
