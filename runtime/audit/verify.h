// Whether a log is what was written: each record unchanged, none missing, all in order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/audit/chain.h"
#include "runtime/audit/head.h"
#include "runtime/audit/line_reader.h"

namespace aipol::audit {

struct Finding {
  enum class What : uint8_t {
    changed,    // the record is not what was written, or what it follows is not
    removed,    // records are missing before it
    reordered,  // it stands in another place than it was written
    cut,        // records are missing at the end
    unreadable
  } what = What::changed;
  std::string file;
  uint64_t line = 0;  // from 1; of `cut`: the last one
  std::string message;
};
inline constexpr std::string_view finding_names[] = {"changed", "removed", "reordered", "cut",
                                                     "unreadable"};

struct Verified {
  uint64_t files = 0, records = 0;
  Link first, last;         // of the records up to the finding
  bool anchored = false;    // there is an anchor, and the log has its record
  uint64_t behind = 0;      // records behind the anchor's: their removal would not be found
  uint64_t torn_bytes = 0;  // at the end: a record that is being written, or was never finished
  uint64_t chains = 0;      // that were begun
  std::optional<Finding> finding;  // the first
};

struct VerifyOptions {
  // Chains that begin again with seq 1, as those of sinks that keep nothing do with each process.
  bool restarts = false;
  std::optional<Hash> holds = {};  // a record with this hash must be there
};

// Lines as they come, and where they stand.
struct Lines {
  std::function<LineReader::Got(std::string_view& line)> next;
  std::function<std::string()> file;
  std::function<uint64_t()> line;
};

// Without an anchor the log may begin anywhere, and nothing is known of its end.
Verified verify(Lines lines, const std::optional<Head>& head, const VerifyOptions& options);

// The log with all its files and its anchor FILE.head. An error where there is no such log.
Result<Verified> verify_log(const std::string& log, const VerifyOptions& options);

}  // namespace aipol::audit
