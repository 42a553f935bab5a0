#include "cli/output/differences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace aipol::cli {

using difference::Change;
using difference::Declared;
using difference::Difference;
using difference::Edited;
using difference::Kind;

std::string_view name_of(Kind kind) {
  constexpr std::string_view names[] = {"newly allowed", "newly denied", "refused in other words",
                                        "effect changed"};
  return names[static_cast<size_t>(kind)];
}

std::string verdict_of(const Difference& difference) {
  std::vector<std::string> parts;
  auto part = [&](size_t count, std::string_view one, std::string_view several) {
    if (count > 0) parts.push_back(fmt::format("{} {}", count, count == 1 ? one : several));
  };
  part(difference.count(Kind::allowed), "newly allowed", "newly allowed");
  part(difference.count(Kind::denied), "newly denied", "newly denied");
  part(difference.count(Kind::effect) + difference.count(Kind::answered), "effect changed",
       "effects changed");
  part(difference.declared.size(), "declaration changed", "declarations changed");
  size_t unknown = 0;
  for (const Edited& edited : difference.edits) unknown += edited.unknown.empty() ? 0 : 1;
  part(unknown, "edit unknown", "edits unknown");
  if (difference.equivalent()) return "equivalent";
  bool shown = parts.size() > (unknown > 0 ? 1u : 0u);
  return fmt::format("{}: {}", shown ? "not equivalent" : "unknown", fmt::join(parts, ", "));
}

std::string remark_of(const Difference& difference) {
  if (!difference.anonymous) return {};
  return "no identity is declared, so that every caller is anonymous and has no roles";
}

std::string title_of(const Edited& edited) {
  const auto &before = edited.statement.before, &after = edited.statement.after;
  if (!before && !after) return edited.subject;
  const difference::Written& one = after ? *after : *before;
  std::string_view how = !before        ? "added"
                         : !after       ? "removed"
                         : edited.moved ? "moved"
                                        : "changed";
  return fmt::format("policy {} ({}:{}), {}", one.policy, one.place.file, one.place.line, how);
}

namespace {

std::string painted(std::string_view text, std::string_view code, bool colour) {
  return colour ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

std::string_view colour_of(Kind kind) {
  return kind == Kind::allowed ? "1;33" : kind == Kind::denied ? "1;31" : "1;36";
}

std::string change_text(const Change& change, const Difference& difference, bool colour) {
  std::string out = "  " + painted(name_of(change.kind), colour_of(change.kind), colour);
  if (difference.records)
    out += fmt::format(" ({} of {} recorded requests)", change.met, *difference.records);
  out += "\n";
  for (const std::string& act : change.lost) out += fmt::format("    no longer: {}\n", act);
  for (const std::string& act : change.gained) out += fmt::format("    now: {}\n", act);
  for (size_t i = 0; i < change.because.size(); ++i)
    out += fmt::format("    {} {}\n", i == 0 ? "when" : " and", change.because[i]);
  if (change.kind != Kind::effect)
    out += fmt::format("    was: {}\n    now: {}\n", change.outcome.before, change.outcome.after);
  for (const std::string& one : change.witness.before) out += fmt::format("    after:   {}\n", one);
  out += fmt::format("    request: {}\n", change.witness.request);
  if (!change.witness.assuming.empty())
    out += fmt::format("    where {}\n", change.witness.assuming);
  return out;
}

std::string edit_text(const Edited& edited, const Difference& difference, bool colour) {
  std::string out = title_of(edited) + "\n";
  const auto &before = edited.statement.before, &after = edited.statement.after;
  if (before && !edited.moved) out += "  - " + before->text + "\n";
  if (after && !edited.moved) out += "  + " + after->text + "\n";
  if (after && edited.moved) out += "    " + after->text + "\n";
  for (const Change& change : edited.changes) out += change_text(change, difference, colour);
  for (const std::string& why : edited.unknown)
    out += fmt::format("  {}: {}\n", painted("unknown", "1;35", colour), why);
  return out + "\n";
}

std::string declared_text(const Declared& one) {
  if (one.before.empty()) return fmt::format("  + {}: {}\n", one.what, one.after);
  if (one.after.empty()) return fmt::format("  - {}: {}\n", one.what, one.before);
  return fmt::format("  ~ {}: {} -> {}\n", one.what, one.before, one.after);
}

}  // namespace

std::string differences_text(const Difference& difference, bool colour) {
  std::string out;
  for (const Edited& edited : difference.edits) out += edit_text(edited, difference, colour);
  if (!difference.declared.empty()) out += "declarations\n";
  for (const Declared& one : difference.declared) out += declared_text(one);
  if (!difference.declared.empty()) out += "\n";
  out += verdict_of(difference);
  if (difference.equivalent())
    out += fmt::format(": {} statements, {} of them as before, the others proved to mean the same",
                       difference.statements.after, difference.same);
  out += "\n";
  if (std::string remark = remark_of(difference); !remark.empty()) out += remark + "\n";
  return out;
}

}  // namespace aipol::cli
