#include "cli/output/coverage_style.h"

namespace aipol::cli {

std::string_view coverage_style() {
  return R"css(
:root {
  --page: #ffffff; --text: #1f2328; --quiet: #656d76; --line: #d8dee4; --panel: #f6f8fa;
  --good: #1a7f37; --warn: #9a6700; --bad: #cf222e;
  --hit: #dafbe1; --partly: #fff3c4; --missed: #ffe3e0;
  --word: #8250df; --string: #0a3069; --number: #0550ae; --comment: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #8d96a0; --line: #30363d; --panel: #161b22;
    --good: #3fb950; --warn: #d29922; --bad: #f85149;
    --hit: #12341f; --partly: #3b2e0a; --missed: #4a1b1d;
    --word: #d2a8ff; --string: #a5d6ff; --number: #79c0ff; --comment: #8b949e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 80px; }
h1 { font-size: 24px; font-weight: 600; margin: 8px 0 20px; }
a { color: inherit; text-decoration: none; }
a[href]:hover { text-decoration: underline; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 12px; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px;
  display: grid; grid-template-columns: 1fr auto; align-items: baseline; row-gap: 2px; }
.card b { font-size: 26px; font-weight: 600; grid-column: 2; grid-row: 1; font-variant-numeric: tabular-nums; }
.card > span:not(.bar) { font-weight: 600; grid-column: 1; grid-row: 1; }
.card small { color: var(--quiet); grid-column: 1 / 3; }
.card .bar { grid-column: 1 / 3; width: 100%; margin: 8px 0 2px; }
.card.full b { color: var(--good); } .card.mid b { color: var(--warn); } .card.low b { color: var(--bad); }
.bar { display: inline-block; height: 6px; width: 120px; border-radius: 3px; background: var(--bad);
  overflow: hidden; vertical-align: middle; }
.bar i { display: block; height: 100%; background: var(--good); }
.share { color: var(--quiet); font-size: 13px; font-weight: 400; margin-left: 10px; font-variant-numeric: tabular-nums; }
.files { list-style: none; margin: 24px 0 8px; padding: 0; border: 1px solid var(--line); border-radius: 8px; }
.files li { display: grid; grid-template-columns: 1fr 120px 70px; align-items: center; padding: 8px 16px; }
.files li + li { border-top: 1px solid var(--line); }
.files .share { text-align: right; }
section { margin-top: 32px; }
h2 { font: 600 14px/1.4 ui-monospace, SFMono-Regular, "DejaVu Sans Mono", Menlo, monospace; margin: 0;
  position: sticky; top: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px 8px 0 0;
  padding: 10px 16px; display: grid; grid-template-columns: 1fr 120px 70px; align-items: center; }
h2 .share { text-align: right; }
.code { border: 1px solid var(--line); border-top: 0; border-radius: 0 0 8px 8px; overflow-x: auto; padding: 8px 0;
  font: 13px/1.55 ui-monospace, SFMono-Regular, "DejaVu Sans Mono", Menlo, monospace; }
.line { display: flex; white-space: pre; min-width: max-content; }
.line .n { width: 52px; padding-right: 12px; text-align: right; color: var(--quiet); user-select: none; flex: none; }
.line .t { width: 52px; padding-right: 10px; text-align: right; color: var(--quiet); border-right: 3px solid transparent;
  margin-right: 12px; user-select: none; flex: none; }
.line.yes .t { border-color: var(--good); } .line.no .t { border-color: var(--bad); color: var(--bad); }
.note { color: var(--warn); margin-left: 24px; font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px;
  align-self: center; }
.note::before { content: "\2190  "; }
.note + .note { margin-left: 12px; } .note + .note::before { content: "\00b7  "; }
.hit { background: var(--hit); } .partly { background: var(--partly); } .missed { background: var(--missed); }
.cond.half { background: var(--partly); box-shadow: inset 0 -2px var(--warn); }
.cond.none { background: var(--missed); box-shadow: inset 0 -2px var(--bad); }
.cond.both:not(.hit):not(.partly):not(.missed) { background: var(--hit); }
.word { color: var(--word); } .string { color: var(--string); } .number { color: var(--number); }
.comment { color: var(--comment); font-style: italic; }
)css";
}

}  // namespace aipol::cli
