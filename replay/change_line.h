// A record that is decided otherwise, whose decision is undetermined, or that goes to another
// model, as a line of JSON: what `aipol replay --changes` writes (docs/replay.md has its keys).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "replay/report.h"

namespace aipol::replay {

struct ChangeLine {
  struct Side {
    Answer answer;
    std::string_view target;     // the model; empty: none, or it is not known
    std::optional<int64_t> usd;  // nano-dollars, at that model's price
  };
  std::string_view file;
  uint64_t line = 0;
  std::string_view id;
  int64_t time = 0;      // of arrival; 0: none is known
  std::string_view how;  // changed, undetermined, routed
  Side from, to;
  const std::set<std::string>& missing;  // fields that it turns on
  std::optional<int64_t> tokens;
};

// With its line break.
void append_line(std::string& out, const ChangeLine& change);

}  // namespace aipol::replay
