// A report as JSON: what `aipol replay --format json` prints, `--partial` writes and `aipol replay
// merge` reads (docs/json.md).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "replay/report.h"

namespace aipol::replay {

// The form of the document; a reader refuses what is newer.
inline constexpr int report_version = 1;

// One line, without a line break.
std::string report_json(const Report& report);

// The inverse. The error says what is wrong with the text.
Result<Report> read_report(std::string_view json);

}  // namespace aipol::replay
