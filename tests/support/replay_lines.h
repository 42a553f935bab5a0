// Lines of records for tests of replay: from memory, and made at random.
#pragma once

#include <string>
#include <vector>

#include "replay/line_source.h"
#include "replay/record.h"
#include "tests/support/choices.h"

namespace aipol::testing {

// Lines that are in memory, in blocks of so many.
class MemoryLines final : public replay::LineSource {
 public:
  explicit MemoryLines(std::vector<std::string> lines, size_t block = 7)
      : lines_(std::move(lines)), block_(block) {}
  Result<bool> next(replay::Block& block) override;
  const std::string& file(uint32_t) const override { return name_; }
  uint32_t files() const override { return 1; }
  uint64_t done() const override { return at_; }
  uint64_t total() const override { return lines_.size(); }

 private:
  std::vector<std::string> lines_;
  size_t block_, at_ = 0;
  uint64_t number_ = 0;
  std::string name_ = "log";
};

// A record with some of all fields; sometimes with what is no field, or of another type.
std::string random_record(Choices& choices);

// The same record with other letters and digits in some of its texts, names and numbers.
std::string with_other_values(std::string line, Choices& choices);

// Why the two are not the same; empty: they are. Pairs may stand in another order.
std::string difference(replay::Record one, replay::Record other);

}  // namespace aipol::testing
