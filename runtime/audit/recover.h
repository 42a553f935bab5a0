// Where a log goes on after its writer has ended, perhaps in the middle of a record.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "runtime/audit/chain.h"
#include "runtime/audit/head.h"

namespace aipol::audit {

struct Recovered {
  Link last;               // the chain goes on behind it
  int64_t size = 0;        // of the file's whole lines
  uint64_t cut_bytes = 0;  // behind them
  uint64_t missing = 0;    // records that the anchor knows and the file does not have
  std::string doubt;       // what is wrong with the log, one sentence; empty: nothing
};

// Reads the end of the file; changes nothing. Where the file does not have what its anchor says,
// the chain goes on behind the anchor, so that the gap is found ever after. An error where the file
// holds something else than records.
Result<Recovered> recover(int descriptor, const std::filesystem::path& path,
                          const std::optional<Head>& head);

}  // namespace aipol::audit
