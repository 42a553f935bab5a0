// Of a value `%` and line breaks are escaped, of a property `:` and `,` besides.
#include "cli/output/workflow_command.h"

#include <fmt/format.h>

namespace aipol::cli {

namespace {

std::string escaped(std::string_view text, std::string_view more) {
  std::string result;
  for (char c : text) {
    bool escape = c == '%' || c == '\r' || c == '\n' || more.find(c) != std::string_view::npos;
    if (escape) {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::string property(std::string_view text) { return escaped(text, ":,"); }

}  // namespace

std::string workflow_command(std::string_view kind, const Annotated& place, std::string_view title,
                             std::string_view message) {
  std::string where;
  if (!place.file.empty()) {
    where = fmt::format("file={},line={},col={},endLine={}", property(place.file), place.line,
                        place.column, place.end_line);
    if (place.line == place.end_line) where += fmt::format(",endColumn={}", place.end_column);
    where += ",";
  }
  return fmt::format("::{} {}title={}::{}\n", kind, where, property(title), escaped(message, ""));
}

}  // namespace aipol::cli
