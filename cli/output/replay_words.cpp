#include "cli/output/replay_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/civil.h"

namespace aipol::cli {

using replay::Answer;
using replay::Report;
using replay::Share;

std::string with_commas(uint64_t number) {
  std::string digits = std::to_string(number), out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string share_of(uint64_t part, uint64_t whole) {
  if (part == 0 || whole == 0) return "0%";
  double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (percent < 0.01) return "<0.01%";
  if (part < whole && percent > 99.99) return ">99.99%";
  return percent < 10 ? fmt::format("{:.2f}%", percent) : fmt::format("{:.1f}%", percent);
}

std::string dollars(int64_t nano_dollars) {
  double amount = static_cast<double>(nano_dollars) / 1e9;
  bool small = amount > -1 && amount < 1;
  return small ? fmt::format("${:.4f}", amount) : fmt::format("${:.2f}", amount);
}

std::string short_time(int64_t at) {
  std::string text = format_time(at);  // 2026-03-01T12:00:05.25Z
  text.resize(std::min<size_t>(text.size(), 19));
  if (text.size() > 10) text[10] = ' ';
  return text;
}

std::string places_text(const replay::Examples& examples, size_t logs) {
  std::string out;
  for (const replay::Examples::Place& place : examples.places()) {
    if (!out.empty()) out += ", ";
    if (logs > 1) out += place.file + " line ";
    out += std::to_string(place.line);
  }
  if (logs > 1 || out.empty()) return out;
  return (examples.places().size() == 1 ? "line " : "lines ") + out;
}

std::string answer_text(const Answer& answer) {
  std::string text = replay::text_of(answer);
  return answer.policy.empty() ? text : fmt::format("{} by {}", text, answer.policy);
}

std::string from_text(const Report& report) {
  return report.from.version.empty() ? "what was recorded" : report.from.name;
}

std::string money_text(const Report& report, std::string_view open, std::string_view close) {
  int64_t denied = 0, before = 0, after = 0;
  for (const auto& [answers, change] : report.changes) {
    if (answers.first.allowed && !answers.second.allowed) denied += change.usd;
  }
  for (const auto& [models, shift] : report.routes) {
    before += shift.usd_from;
    after += shift.usd_to;
  }
  auto marked = [&](int64_t amount) { return fmt::format("{}{}{}", open, dollars(amount), close); };
  std::string out;
  if (denied != 0) out = fmt::format("What is newly denied had cost {}.", marked(denied));
  if (before != after)
    out += fmt::format("{}What goes to other models costs {} instead of {}.",
                       out.empty() ? "" : " ", marked(after), marked(before));
  return out;
}

std::vector<NamedChange> changes_by_count(const Report& report) {
  std::vector<NamedChange> out(report.changes.begin(), report.changes.end());
  std::ranges::stable_sort(out, std::greater<>(), [](const auto& one) { return one.second.count; });
  return out;
}

std::vector<std::pair<std::string, Share>> changed_shares(const replay::BoundedCounts<Share>& all,
                                                          size_t most) {
  std::vector<std::pair<std::string, Share>> out;
  for (const auto& [name, share] : all.kept()) {
    if (share.changed + share.undetermined > 0) out.emplace_back(name.second, share);
  }
  std::ranges::sort(out, [](const auto& a, const auto& b) {
    return std::tuple(b.second.changed, b.second.undetermined, a.first) <
           std::tuple(a.second.changed, a.second.undetermined, b.first);
  });
  if (out.size() > most) out.resize(most);
  return out;
}

std::vector<replay::StatementName> unexercised(const Report& report) {
  std::vector<replay::StatementName> out;
  for (const auto& [name, exercise] : report.statements) {
    if (exercise.fired == 0) out.push_back(name);
  }
  return out;
}

}  // namespace aipol::cli
