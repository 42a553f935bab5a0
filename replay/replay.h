// A whole replay: lines in, sums out.
#pragma once

#include <functional>

#include "replay/line_source.h"
#include "replay/partition.h"
#include "replay/report.h"
#include "replay/world.h"

namespace aipol::replay {

struct Options {
  unsigned threads = 1;
  size_t window = 16'384;  // records that wait to be put in order
  std::string team = "team";
  std::optional<Shard> shard = std::nullopt;
  // Bytes of the source that are done, from time to time.
  std::function<void(const LineSource& source)> progress = nullptr;
  // Gets a line for each record that is not decided as before (change_line.h), some at a time and
  // in no order; called by any thread, and by several at once.
  std::function<void(std::string_view lines)> changes = nullptr;
};

// Decides all records with both sets; where `from` is null, the records tell what was decided. An
// error where a file can not be read, a zone does not exist, or `shard` can not be exact. What
// comes out does not depend on the number of threads.
Result<Report> run(LineSource& source, const PolicySet* from, const PolicySet& to,
                   const Options& options);

}  // namespace aipol::replay
