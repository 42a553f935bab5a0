#include <fmt/format.h>

#include "cli/output/differences.h"
#include "cli/output/markup.h"

namespace aipol::cli {

using difference::Change;
using difference::Difference;
using difference::Edited;
using difference::Kind;

namespace {

constexpr std::string_view style = R"css(
:root { --page: #fff; --text: #1f2328; --quiet: #656d76; --line: #d8dee4; --panel: #f6f8fa;
  --allowed: #9a6700; --denied: #cf222e; --effect: #0550ae; --unknown: #8250df; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6edf3; --quiet: #8d96a0; --line: #30363d;
  --panel: #161b22; --allowed: #d29922; --denied: #f85149; --effect: #79c0ff; --unknown: #d2a8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 24px 20px 80px; }
h1 { font-size: 22px; font-weight: 600; } h2 { font-size: 16px; font-weight: 600; margin: 32px 0 8px; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.change { border-left: 3px solid var(--effect); padding: 2px 0 2px 14px; margin: 14px 0; }
.change b { color: var(--effect); } .change.allowed { border-color: var(--allowed); } .allowed b { color: var(--allowed); }
.change.denied { border-color: var(--denied); } .denied b { color: var(--denied); }
.change.unknown { border-color: var(--unknown); } .unknown b { color: var(--unknown); }
ul { margin: 6px 0; padding-left: 20px; } .quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid var(--line); padding: 6px 10px; text-align: left;
  overflow-wrap: anywhere; vertical-align: top; }
)css";

std::string_view class_of(Kind kind) {
  return kind == Kind::allowed ? "allowed" : kind == Kind::denied ? "denied" : "effect";
}

std::string change_html(const Change& change, const Difference& difference) {
  std::string out = fmt::format("<div class=\"change {}\"><b>{}</b>", class_of(change.kind),
                                name_of(change.kind));
  if (difference.records)
    out += fmt::format(" <span class=\"quiet\">{} of {} recorded requests</span>", change.met,
                       *difference.records);
  out += "\n<ul>\n";
  for (size_t i = 0; i < change.because.size(); ++i)
    out += fmt::format("<li>{} <code>{}</code></li>\n", i == 0 ? "when" : "and",
                       markup(change.because[i]));
  for (const std::string& act : change.lost)
    out += fmt::format("<li>no longer: <code>{}</code></li>\n", markup(act));
  for (const std::string& act : change.gained)
    out += fmt::format("<li>now: <code>{}</code></li>\n", markup(act));
  if (change.kind != Kind::effect)
    out += fmt::format("<li>was: {}</li>\n<li>now: {}</li>\n", markup(change.outcome.before),
                       markup(change.outcome.after));
  if (!change.witness.assuming.empty())
    out += fmt::format("<li>where <code>{}</code></li>\n", markup(change.witness.assuming));
  std::string requests;
  for (const std::string& one : change.witness.before) requests += one + "\n";
  return out +
         fmt::format("</ul>\n<pre>{}</pre></div>\n", markup(requests + change.witness.request));
}

std::string edit_html(const Edited& edited, const Difference& difference) {
  std::string out = fmt::format("<section><h2>{}</h2>\n", markup(title_of(edited)));
  std::string lines;
  const auto &before = edited.statement.before, &after = edited.statement.after;
  if (before && !edited.moved) lines += "- " + before->text + "\n";
  if (after) lines += (edited.moved ? "  " : "+ ") + after->text + "\n";
  if (!lines.empty()) out += fmt::format("<pre>{}</pre>\n", markup(lines));
  for (const Change& change : edited.changes) out += change_html(change, difference);
  for (const std::string& why : edited.unknown)
    out += fmt::format("<div class=\"change unknown\"><b>unknown</b> {}</div>\n", markup(why));
  return out + "</section>\n";
}

}  // namespace

std::string differences_html(const Difference& difference) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>Policy "
      "change</title>\n<style>{}</style></head>\n"
      "<body><main>\n<h1>Policy change: {}</h1>\n",
      style, markup(verdict_of(difference)));
  if (difference.anonymous) out += fmt::format("<p>{}</p>\n", markup(remark_of(difference)));
  if (difference.equivalent()) out += "<p>Every request is decided and treated as before.</p>\n";
  for (const Edited& edited : difference.edits) out += edit_html(edited, difference);
  if (!difference.declared.empty()) {
    out +=
        "<section><h2>declarations</h2>\n<table><tr><th>what</th><th>before</th><th>after</th></"
        "tr>\n";
    for (const difference::Declared& one : difference.declared)
      out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", markup(one.what),
                         markup(one.before), markup(one.after));
    out += "</table></section>\n";
  }
  return out + "</main></body></html>\n";
}

}  // namespace aipol::cli
