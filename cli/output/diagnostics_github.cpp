// Workflow commands: `::error file=…,line=…::message`. Of a value `%` and line breaks are escaped,
// of a property `:` and `,` besides.
#include <fmt/format.h>

#include "cli/output/diagnostics.h"

namespace aipol::cli {

using diagnostics::Diagnostic;

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

std::string annotation(const Diagnostic& diagnostic, const source::Files& files) {
  const source::File& file = files[diagnostic.span.file];
  source::LineColumn begin = file.locate(diagnostic.span.begin);
  source::LineColumn end = file.locate(diagnostic.span.end);
  std::string out =
      fmt::format("::{} file={},line={},col={},endLine={}",
                  diagnostic.severity == diagnostics::Severity::error ? "error" : "warning",
                  property(file.path()), begin.line, begin.column, end.line);
  // Columns are shown only of what is on one line.
  if (begin.line == end.line) out += fmt::format(",endColumn={}", end.column);
  std::string message = diagnostic.message;
  if (!diagnostic.note.empty()) message += "\n" + diagnostic.note;
  if (!diagnostic.help_text.empty()) message += "\nhelp: " + diagnostic.help_text;
  return out + fmt::format(",title={}::{}\n", property(diagnostic.title()), escaped(message, ""));
}

}  // namespace

std::string diagnostics_github(const diagnostics::Diagnostics& diagnostics,
                               const source::Files& files) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) out += annotation(diagnostic, files);
  if (diagnostics.dropped() > 0)
    out += fmt::format("::notice ::{} more are not shown\n", diagnostics.dropped());
  return out;
}

}  // namespace aipol::cli
