#include "importing/translation.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "compiler/compile.h"
#include "compiler/reformat.h"

namespace aipol::importing {

namespace {

std::string first_error(const diagnostics::Diagnostics& diagnostics, const source::Files& files) {
  for (const diagnostics::Diagnostic& one : diagnostics.all()) {
    if (one.severity != diagnostics::Severity::error) continue;
    const source::File& file = files[one.span.file];
    return fmt::format("{}:{}: {}", file.path(), file.locate(one.span.begin).line, one.message);
  }
  return "it is not accepted";
}

std::unexpected<Error> mistake(std::string_view what) {
  return failure(
      fmt::format("nothing is written: {}; this is a mistake of aipol, please report it", what));
}

// The lines [begin, end) of the policy around that line, with the comment before it.
struct Lines {
  size_t begin = 0, end = 0;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::optional<Lines> policy_around(const std::vector<std::string>& lines, size_t line) {
  Lines found{line - 1, line};
  while (found.begin > 0 && !lines[found.begin].starts_with("policy ")) --found.begin;
  while (found.end < lines.size() && lines[found.end] != "}") ++found.end;
  if (found.end >= lines.size() || !lines[found.begin].starts_with("policy ")) return std::nullopt;
  ++found.end;
  while (found.begin > 0 && lines[found.begin - 1].starts_with("///")) --found.begin;
  return found;
}

// Takes out policies whose statement can never have a say: what is proved to be dead is an error,
// and without it every decision is the same. False where there are other errors.
bool drop_dead(const compiler::Compilation& compiled, Translation& translation) {
  std::set<std::pair<size_t, size_t>> dead;  // file and line
  for (const diagnostics::Diagnostic& one : compiled.diagnostics.all()) {
    if (one.severity != diagnostics::Severity::error) continue;
    if (one.code != "E0610" && one.code != "E0612") return false;
    if (one.span.file >= translation.files.size()) return false;
    dead.insert({one.span.file, compiled.files[one.span.file].locate(one.span.begin).line});
  }
  for (auto at = dead.rbegin(); at != dead.rend(); ++at) {
    std::string& text = translation.files[at->first].text;
    std::vector<std::string> lines = lines_of(text);
    std::optional<Lines> policy =
        at->second <= lines.size() ? policy_around(lines, at->second) : std::nullopt;
    if (!policy) continue;
    std::string name;
    text.clear();
    for (size_t i = 0; i < lines.size(); ++i) {
      bool within = i >= policy->begin && i < policy->end;
      if (within && lines[i].starts_with("policy "))
        name = lines[i].substr(7, lines[i].find(' ', 7) - 7);
      if (!within) text.append(lines[i]).append("\n");
    }
    translation.remarks.push_back(fmt::format(
        "`{}` is not written: it never holds, or other policies always refuse what it permits",
        name));
  }
  return !dead.empty();
}

Result<void> format(Translation& translation, source::Files& formatted) {
  source::Files written;
  for (const OutputFile& file : translation.files) written.add(file.name, file.text);
  for (source::FileId id = 0; id < written.size(); ++id) {
    diagnostics::Diagnostics diagnostics;
    compiler::Reformatted result = compiler::reformat(written, id, diagnostics);
    if (result.outcome != compiler::Reformatted::Outcome::done)
      return mistake(first_error(diagnostics, written));
    translation.files[id].text = result.text;
    formatted.add(translation.files[id].name, result.text);
  }
  return {};
}

}  // namespace

size_t Translation::count(Share share) const {
  return static_cast<size_t>(std::ranges::count(items, share, &Item::share));
}

Result<void> finish(Translation& translation) {
  constexpr int most_passes = 20;
  for (int pass = 0; pass < most_passes; ++pass) {
    source::Files formatted;
    Result<void> done = format(translation, formatted);
    if (!done) return done;
    auto compiled = compiler::compile(
        std::move(formatted), {.last = compiler::Step::prove, .tests = true, .proofs = true});
    if (!compiled) return std::unexpected(compiled.error());
    if (!(*compiled)->failed()) return {};
    if (!drop_dead(**compiled, translation))
      return mistake(first_error((*compiled)->diagnostics, (*compiled)->files));
  }
  return mistake("its policies can not be made to be accepted");
}

}  // namespace aipol::importing
