// A workflow command for each diagnostic.
#include <fmt/format.h>

#include "cli/output/diagnostics.h"
#include "cli/output/workflow_command.h"

namespace aipol::cli {

using diagnostics::Diagnostic;

namespace {

std::string annotation(const Diagnostic& diagnostic, const source::Files& files) {
  const source::File& file = files[diagnostic.span.file];
  source::LineColumn begin = file.locate(diagnostic.span.begin);
  source::LineColumn end = file.locate(diagnostic.span.end);
  std::string message = diagnostic.message;
  if (!diagnostic.note.empty()) message += "\n" + diagnostic.note;
  if (!diagnostic.help_text.empty()) message += "\nhelp: " + diagnostic.help_text;
  std::string_view kind = diagnostic.severity == diagnostics::Severity::error ? "error" : "warning";
  return workflow_command(kind, {file.path(), begin.line, begin.column, end.line, end.column},
                          diagnostic.title(), message);
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
