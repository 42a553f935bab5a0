#include "cli/output/diagnostics.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/check.h"

namespace aipol::cli {

using diagnostics::Diagnostic;
using diagnostics::Diagnostics;
using json = nlohmann::ordered_json;

namespace {

std::string counted(size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string_view word(diagnostics::Severity severity) {
  return severity == diagnostics::Severity::error ? "error" : "warning";
}

struct Form {
  std::string_view name;
  std::string (*print)(const Diagnostics&, const source::Files&);
};
constexpr Form forms[] = {
    {"json", diagnostics_json}, {"sarif", diagnostics_sarif}, {"github", diagnostics_github}};

json place(source::Span span, const source::Files& files) {
  const source::File& file = files[span.file];
  source::LineColumn begin = file.locate(span.begin);
  source::LineColumn end = file.locate(span.end);
  return {{"file", file.path()},
          {"line", begin.line},
          {"column", begin.column},
          {"end_line", end.line},
          {"end_column", end.column}};
}

json one(const Diagnostic& diagnostic, const source::Files& files) {
  json out = {{"code", diagnostic.code}};
  if (diagnostic.is_lint()) out["name"] = diagnostic.name;
  out["severity"] = word(diagnostic.severity);
  out["message"] = diagnostic.message;
  out.update(place(diagnostic.span, files));
  out["labels"] = json::array();
  for (const diagnostics::Label& label : diagnostic.labels) {
    json entry = place(label.span, files);
    entry["text"] = label.text;
    out["labels"].push_back(std::move(entry));
  }
  if (!diagnostic.note.empty()) out["note"] = diagnostic.note;
  if (!diagnostic.help_text.empty()) out["help"] = diagnostic.help_text;
  for (const diagnostics::Fix& fix : diagnostic.fixes) {
    json entry = place(fix.span, files);
    entry["replacement"] = fix.replacement;
    out["fixes"].push_back(std::move(entry));
  }
  return out;
}

}  // namespace

std::string diagnostics_text(const Diagnostics& diagnostics, const source::Files& files,
                             bool colour) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.all())
    text += render(diagnostic, files, colour) + "\n";
  if (diagnostics.errors() + diagnostics.warnings() == 0) return text;
  if (diagnostics.dropped() > 0)
    text += fmt::format("{} more are not shown\n", diagnostics.dropped());
  if (diagnostics.errors() > 0) text += counted(diagnostics.errors(), "error");
  if (diagnostics.errors() > 0 && diagnostics.warnings() > 0) text += ", ";
  if (diagnostics.warnings() > 0) text += counted(diagnostics.warnings(), "warning");
  auto fixable = static_cast<size_t>(std::ranges::count_if(
      diagnostics.all(), [](const Diagnostic& d) { return !d.fixes.empty(); }));
  if (fixable > 0) text += fmt::format("; `--fix` removes {}", fixable);
  return text + "\n";
}

std::string diagnostics_json(const Diagnostics& diagnostics, const source::Files& files) {
  json out = {{"diagnostics", json::array()}};
  for (const Diagnostic& diagnostic : diagnostics.all())
    out["diagnostics"].push_back(one(diagnostic, files));
  out["summary"] = {{"errors", diagnostics.errors()}, {"warnings", diagnostics.warnings()}};
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

const std::vector<std::string>& diagnostics_formats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Form& form : forms) all.emplace_back(form.name);
    return all;
  }();
  return names;
}

std::string diagnostics_in(std::string_view format, const Diagnostics& diagnostics,
                           const source::Files& files) {
  const Form* form = std::ranges::find(forms, format, &Form::name);
  AIPOL_CHECK(form != std::end(forms), "a form of the table");
  return form->print(diagnostics, files);
}

}  // namespace aipol::cli
