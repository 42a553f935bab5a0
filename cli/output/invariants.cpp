#include "cli/output/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace aipol::cli {

using json = nlohmann::ordered_json;
using invariants::Judgement;
using Kind = Judgement::Kind;

namespace {

constexpr std::string_view kind_names[] = {"proved", "refuted", "unknown"};

std::string_view name_of(Kind kind) { return kind_names[static_cast<size_t>(kind)]; }

std::string indented(std::string_view text) {
  std::string out = "  ";
  for (size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) out += "  ";
  }
  return out;
}

std::string text_of(const Judgement& judged, bool colour) {
  const plan::Place& place = judged.counterexample ? judged.counterexample->rule : judged.place;
  std::string status = judged.kind == Kind::refuted ? "REFUTED" : "UNKNOWN";
  if (colour) status = fmt::format("\033[1;31m{}\033[0m", status);
  std::string out = fmt::format("{} invariant {}\n  --> {}:{}:{}\n", status, judged.name,
                                place.file, place.line, place.column);
  if (judged.counterexample) return out + indented(judged.counterexample->test) + "\n";
  return out + fmt::format("  {}\n\n", judged.why);
}

}  // namespace

size_t count(const std::vector<Judgement>& judged, Kind kind) {
  return static_cast<size_t>(std::ranges::count(judged, kind, &Judgement::kind));
}

bool all_proved(const std::vector<Judgement>& judged) {
  return count(judged, Kind::proved) == judged.size();
}

std::string invariants_text(const std::vector<Judgement>& judged, bool colour) {
  std::string out;
  for (const Judgement& one : judged) {
    if (one.kind != Kind::proved) out += text_of(one, colour);
  }
  return out;
}

std::string invariants_summary(const std::vector<Judgement>& judged) {
  if (judged.empty()) return {};
  std::string out = fmt::format("{} proved, {} refuted", count(judged, Kind::proved),
                                count(judged, Kind::refuted));
  if (size_t unknown = count(judged, Kind::unknown)) out += fmt::format(", {} unknown", unknown);
  return out;
}

json invariants_json(const std::vector<Judgement>& judged) {
  json out = json::array();
  for (const Judgement& one : judged) {
    json& made = out.emplace_back();
    made = {{"name", one.name},
            {"file", one.place.file},
            {"line", one.place.line},
            {"status", name_of(one.kind)},
            {"counterexample", nullptr}};
    if (one.kind == Kind::unknown) made["reason"] = one.why;
    if (!one.counterexample) continue;
    const prove::Counterexample& shown = *one.counterexample;
    made["counterexample"] = {
        {"rule", {{"line", shown.rule.line}, {"column", shown.rule.column}}},
        {"test", shown.test},
        {"request", json::parse(shown.json)}};
  }
  return out;
}

}  // namespace aipol::cli
