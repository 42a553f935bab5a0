#include "cli/output/mutation.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::cli {

using json = nlohmann::ordered_json;
using mutation::Mutant;
using mutation::Score;
using mutation::Verdict;
using Kind = mutation::Verdict::Kind;

namespace {

// What is not whole is never shown as 100.
double shown_percent(const Score& score) { return std::floor(score.percent() * 10) / 10; }

std::string survivor(const Mutant& mutant, const source::Files& files, bool colour) {
  diagnostics::Diagnostic shown;
  shown.span = mutant.span;
  return fmt::format("{}SURVIVED{}: {}\n{}", colour ? "\033[1;33m" : "", colour ? "\033[0m" : "",
                     mutant.change, diagnostics::render_places(shown, files, colour));
}

std::string_view word(Kind kind) {
  constexpr std::string_view words[] = {"killed", "survived", "refused", "same"};
  return words[static_cast<size_t>(kind)];
}

json one(const Mutant& mutant, const Verdict& verdict, const source::Files& files) {
  const source::File& file = files[mutant.span.file];
  source::LineColumn begin = file.locate(mutant.span.begin), end = file.locate(mutant.span.end);
  json out = {{"file", file.path()},         {"line", begin.line},
              {"column", begin.column},      {"end_line", end.line},
              {"end_column", end.column},    {"kind", mutant.kind},
              {"change", mutant.change},     {"replacement", mutant.replacement},
              {"status", word(verdict.kind)}};
  if (!verdict.by.empty()) out["by"] = verdict.by;
  return out;
}

}  // namespace

std::string mutation_text(const Score& score, const source::Files& files, bool colour) {
  std::string text;
  for (size_t i = 0; i < score.mutants.size(); ++i) {
    if (score.verdicts[i].kind == Kind::survived)
      text += survivor(score.mutants[i], files, colour) + "\n";
  }
  size_t killed = score.count(Kind::killed);
  return text +
         fmt::format(
             "mutation score {:.1f}%: {} of {} mutants were noticed; {} more do not compile, "
             "{} change nothing new\n",
             shown_percent(score), killed, killed + score.count(Kind::survived),
             score.count(Kind::refused), score.count(Kind::same));
}

std::string mutation_json(const Score& score, const source::Files& files) {
  json out = {{"score", shown_percent(score)},           {"killed", score.count(Kind::killed)},
              {"survived", score.count(Kind::survived)}, {"refused", score.count(Kind::refused)},
              {"same", score.count(Kind::same)},         {"mutants", json::array()}};
  for (size_t i = 0; i < score.mutants.size(); ++i)
    out["mutants"].push_back(one(score.mutants[i], score.verdicts[i], files));
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace aipol::cli
