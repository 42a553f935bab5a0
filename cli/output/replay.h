// What a replay found, in the forms that people and programs read.
#pragma once

#include <string>
#include <vector>

#include "replay/gate.h"
#include "replay/report.h"

namespace aipol::cli {

// One row for each form: cli/output/replay.cpp.
const std::vector<std::string>& replay_formats();  // the first is text
std::string replay_output(const std::string& format, const replay::Report& report,
                          const std::vector<replay::Gate>& gates, bool colour);

// The forms.
std::string replay_text(const replay::Report& report, const std::vector<replay::Gate>& gates,
                        bool colour);
std::string replay_json(const replay::Report& report, const std::vector<replay::Gate>& gates,
                        bool colour);
std::string replay_markdown(const replay::Report& report, const std::vector<replay::Gate>& gates,
                            bool colour);
std::string replay_html(const replay::Report& report, const std::vector<replay::Gate>& gates,
                        bool colour);

}  // namespace aipol::cli
