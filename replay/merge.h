// Parts of a replay that shards wrote -> the whole.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "replay/report.h"

namespace aipol::replay {

// An error where a part is missing its file, is no part, belongs to another replay, or is there
// twice.
Result<Report> merge_files(const std::vector<std::string>& paths);

}  // namespace aipol::replay
