#include <fmt/format.h>

#include <algorithm>

#include "cli/output/differences.h"
#include "cli/output/markup.h"

namespace aipol::cli {

using difference::Change;
using difference::Difference;
using difference::Edited;
using difference::Kind;

namespace {

// In a fence longer than any row of backticks within.
std::string fenced(std::string_view text, std::string_view language) {
  std::string fence = "```";
  while (text.contains(fence)) fence += '`';
  return fmt::format("{}{}\n{}\n{}\n", fence, language, text, fence);
}

std::string code(std::string_view text) {
  std::string fence = "`";
  while (text.contains(fence)) fence += '`';
  std::string_view pad = text.starts_with('`') || text.ends_with('`') ? " " : "";
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad, text);
}

std::string change_markdown(const Change& change, const Difference& difference) {
  std::string out = fmt::format("**{}**", name_of(change.kind));
  if (difference.records)
    out += fmt::format(", {} of {} recorded requests", change.met, *difference.records);
  for (size_t i = 0; i < change.because.size(); ++i)
    out += fmt::format("{} {}", i == 0 ? " when" : " and", code(change.because[i]));
  out += "\n\n";
  for (const std::string& act : change.lost) out += fmt::format("- no longer: {}\n", code(act));
  for (const std::string& act : change.gained) out += fmt::format("- now: {}\n", code(act));
  if (change.kind != Kind::effect)
    out += fmt::format("- was: {}\n- now: {}\n", markdown_text(change.outcome.before),
                       markdown_text(change.outcome.after));
  if (!change.witness.assuming.empty())
    out += fmt::format("- where {}\n", code(change.witness.assuming));
  std::string requests;
  for (const std::string& one : change.witness.before) requests += one + "\n";
  return out + "\n" + fenced(requests + change.witness.request, "json") + "\n";
}

std::string edit_markdown(const Edited& edited, const Difference& difference) {
  std::string out = fmt::format("### {}\n\n", markdown_text(title_of(edited)));
  std::string lines;
  const auto &before = edited.statement.before, &after = edited.statement.after;
  if (before && !edited.moved) lines += "- " + before->text + "\n";
  if (after) lines += (edited.moved ? "  " : "+ ") + after->text + "\n";
  if (!lines.empty()) {
    lines.pop_back();
    out += fenced(lines, "diff") + "\n";
  }
  for (const Change& change : edited.changes) out += change_markdown(change, difference);
  for (const std::string& why : edited.unknown)
    out += fmt::format("**unknown**: {}\n\n", markdown_text(why));
  return out;
}

}  // namespace

std::string differences_markdown(const Difference& difference) {
  std::string out = fmt::format("## Policy change: {}\n\n", verdict_of(difference));
  if (difference.equivalent()) return out + "Every request is decided and treated as before.\n";
  out += "| newly allowed | newly denied | effects changed | declarations changed |\n";
  out += "| ---: | ---: | ---: | ---: |\n";
  out += fmt::format("| {} | {} | {} | {} |\n\n", difference.count(Kind::allowed),
                     difference.count(Kind::denied),
                     difference.count(Kind::effect) + difference.count(Kind::answered),
                     difference.declared.size());
  for (const Edited& edited : difference.edits) out += edit_markdown(edited, difference);
  if (difference.declared.empty()) return out;
  out += "### declarations\n\n| what | before | after |\n| --- | --- | --- |\n";
  for (const difference::Declared& one : difference.declared)
    out += fmt::format("| {} | {} | {} |\n", markdown_text(one.what), markdown_text(one.before),
                       markdown_text(one.after));
  return out;
}

}  // namespace aipol::cli
