#include <fmt/format.h>

#include <algorithm>

#include "cli/output/html_table.h"
#include "cli/output/markup.h"
#include "cli/output/replay_page.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

using replay::Report;
using replay::Share;

namespace {

constexpr size_t most_rows = 25;

std::string more(size_t size) {
  return size > most_rows
             ? fmt::format("<p class=\"note\">and {} more</p>\n", with_commas(size - most_rows))
             : "";
}

template <class Rows>
auto shown(const Rows& rows) {
  return std::ranges::subrange(
      rows.begin(),
      std::next(rows.begin(), static_cast<ptrdiff_t>(std::min(rows.size(), most_rows))));
}

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string tokens_text(int64_t tokens) {
  return with_commas(static_cast<uint64_t>(std::max<int64_t>(tokens, 0)));
}

std::string changes(const Report& report) {
  if (report.changes.empty()) return "";
  HtmlTable table("Changes", {"#records", "from", "to", "where", "#tokens", "#cost", "examples"});
  std::vector<NamedChange> all = changes_by_count(report);
  for (const auto& [answers, change] : shown(all)) {
    const auto& [from, to] = answers;
    bool measured = change.count > change.unmeasured;
    table.row(from.allowed ? "denied"
              : to.allowed ? "allowed"
                           : "otherwise")
        .number(change.count)
        .text(answer_text(from))
        .text(answer_text(to))
        .code(to.allowed ? from.statement : to.statement)
        .number(measured ? tokens_text(change.tokens) : "")
        .number(measured ? dollars(change.usd) : "")
        .list(places_text(change.examples, report.logs.size()));
  }
  return table.end() + more(all.size());
}

// How much of it is concerned, as a bar below its name.
std::string bar(const Share& share) {
  uint64_t otherwise = share.changed - share.newly_denied - share.newly_allowed;
  std::string out = "<i class=\"bar\" aria-hidden=\"true\">";
  for (auto [mark, count] :
       {std::pair("denied", share.newly_denied), std::pair("allowed", share.newly_allowed),
        std::pair("otherwise", otherwise), std::pair("unknown", share.undetermined)}) {
    if (count > 0)
      out += fmt::format("<i class=\"{}\" style=\"width:{:.2f}%\"></i>", mark,
                         percent(count, share.records));
  }
  return out + "</i>";
}

std::string shares(const Report& report, const std::string& dimension) {
  auto found = report.by.find(dimension);
  if (found == report.by.end()) return "";
  auto rows = changed_shares(found->second, replay::BoundedCounts<Share>::most);
  bool named = std::ranges::any_of(rows, [](const auto& row) { return !row.first.empty(); });
  if (!named) return "";
  HtmlTable table("By " + dimension, {dimension, "#records", "#newly denied", "#newly allowed",
                                      "#undetermined", "#cost of changed"});
  for (const auto& [name, share] : shown(rows))
    table.row()
        .head(name.empty() ? "none" : name, bar(share))
        .number(share.records)
        .number(share.newly_denied)
        .number(share.newly_allowed)
        .number(share.undetermined)
        .number(dollars(share.usd));
  return table.end() + more(rows.size());
}

std::string keys_text(const replay::Limit& limit) {
  std::vector<std::pair<uint64_t, std::string>> keys;
  for (const auto& [key, count] : limit.keys.kept()) keys.emplace_back(count, key.second);
  std::ranges::sort(keys, [](const auto& a, const auto& b) {
    return std::tuple(b.first, a.second) < std::tuple(a.first, b.second);
  });
  std::string out;
  for (size_t i = 0; i < std::min<size_t>(keys.size(), 3); ++i)
    out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", keys[i].second, with_commas(keys[i].first));
  return out;
}

std::string limits(const Report& report) {
  if (report.limits.empty()) return "";
  HtmlTable table("Limits reached",
                  {"limit", "where", "", "#refused", "first", "last", "most often for"});
  for (const auto& [name, limit] : report.limits)
    table.row()
        .head(name.second.policy)
        .code(name.second.statement)
        .text(name.first ? "after" : "before")
        .number(limit.refused)
        .text(short_time(limit.first))
        .text(short_time(limit.last))
        .list(keys_text(limit));
  return table.end();
}

std::string routes(const Report& report) {
  if (report.routes.empty()) return "";
  using Route = std::pair<std::pair<std::string, std::string>, replay::Shift>;
  std::vector<Route> all(report.routes.begin(), report.routes.end());
  std::ranges::stable_sort(all, std::greater<>(),
                           [](const Route& one) { return one.second.count; });
  HtmlTable table("Routes that shift", {"from", "to", "#records", "#cost before", "#cost after"});
  for (const auto& [models, shift] : shown(all))
    table.row()
        .text(models.first)
        .text(models.second)
        .number(shift.count)
        .number(dollars(shift.usd_from))
        .number(dollars(shift.usd_to));
  return table.end() + more(all.size());
}

std::string redactions(const Report& report) {
  if (report.redactions.empty()) return "";
  HtmlTable table("Redactions", {"policy", "detector", "in", "#records before", "#after"});
  for (const auto& [name, counts] : report.redactions)
    table.row()
        .head(name.policy)
        .text(name.detector)
        .text(name.of_answer ? "response" : "request")
        .number(counts.first)
        .number(counts.second);
  return table.end();
}

std::string missing(const Report& report) {
  if (report.missing.empty()) return "";
  HtmlTable table("Undetermined for want of", {"field", "#records", "examples"});
  for (const auto& [field, counted] : report.missing)
    table.row()
        .code(field)
        .number(counted.count)
        .list(places_text(counted.examples, report.logs.size()));
  return table.end();
}

std::string unreadable(const Report& report) {
  if (report.unreadable == 0) return "";
  HtmlTable table("Unreadable", {"why", "#lines", "examples"});
  auto row = [&](std::string_view why, const replay::Counted& counted) {
    table.row()
        .head(why)
        .number(counted.count)
        .list(places_text(counted.examples, report.logs.size()));
  };
  std::vector<std::pair<std::string, replay::Counted>> all;
  for (const auto& [reason, counted] : report.reasons.kept())
    all.emplace_back(reason.second, counted);
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return std::tuple(b.second.count, a.first) < std::tuple(a.second.count, b.first);
  });
  for (const auto& [reason, counted] : shown(all)) row(reason, counted);
  if (report.reasons.dropped()) row("other reasons", report.reasons.others());
  return table.end() + more(all.size());
}

std::string statements(const Report& report) {
  std::vector<replay::StatementName> none = unexercised(report);
  if (none.empty()) return "";
  HtmlTable table("Never exercised", {"statement", "effect", "policy"}, 0);
  for (const replay::StatementName& one : none)
    table.row().code(one.statement).text(one.effect).text(one.policy);
  return fmt::format(
      "<h2>Never exercised</h2>\n<details{}><summary>{} that no record "
      "met</summary>\n{}</details>\n",
      none.size() <= most_rows ? " open" : "",
      none.size() == 1 ? "one statement" : with_commas(none.size()) + " statements", table.end());
}

}  // namespace

std::string replay_tables(const Report& report) {
  std::string out = changes(report);
  for (const char* dimension : {"team", "model", "endpoint"}) out += shares(report, dimension);
  return out + limits(report) + routes(report) + redactions(report) + missing(report) +
         unreadable(report) + statements(report);
}

}  // namespace aipol::cli
