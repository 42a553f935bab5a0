// Workflow commands of GitHub Actions, which annotate a change: `::error file=…,line=…::message`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aipol::cli {

// Where a command's annotation stands, or nowhere: without a file. Columns are shown only of what
// is on one line.
struct Annotated {
  std::string_view file;
  uint32_t line = 0, column = 0, end_line = 0, end_column = 0;
};

// One line. `kind` is error, warning or notice.
std::string workflow_command(std::string_view kind, const Annotated& place, std::string_view title,
                             std::string_view message);

}  // namespace aipol::cli
