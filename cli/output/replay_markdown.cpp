// A comment on a pull request.
#include <algorithm>

#include <fmt/format.h>

#include "cli/output/markup.h"
#include "cli/output/replay.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

using replay::Gate;
using replay::Report;

namespace {

constexpr size_t most_rows = 15;

class Markdown {
 public:
  explicit Markdown(const Report& report) : report_(report) {}

  std::string write(const std::vector<Gate>& gates) {
    headline(gates);
    totals();
    changes();
    for (const char* dimension : {"team", "model", "endpoint"}) shares(dimension);
    limits();
    routes();
    redactions();
    unknown();
    statements();
    return out_;
  }

 private:
  void line(std::string_view text) { out_ += fmt::format("{}\n", text); }

  void headline(const std::vector<Gate>& gates) {
    const Report& r = report_;
    bool failed = replay::any_fails(gates, r);
    std::string_view mark = failed ? "❌" : r.changed + r.undetermined > 0 ? "⚠️" : "✅";
    std::string said = r.changed == 0
                           ? "no decision changes"
                           : fmt::format("{} of {} decisions change ({})", with_commas(r.changed),
                                         with_commas(r.records), share_of(r.changed, r.records));
    line(fmt::format("### {} aipol replay: {}\n", mark, said));
    line(fmt::format(
        "{} recorded requests{}, decided by {}, compared with {}.\n", with_commas(r.records),
        r.first == 0 ? "" : fmt::format(", {} to {} UTC", short_time(r.first), short_time(r.last)),
        markdown_text(r.to.name), markdown_text(from_text(r))));
    for (const Gate& gate : gates)
      line(
          fmt::format("- {} `{}`: {}", gate.fails(r) ? "❌" : "✅", gate.text(), gate.measured(r)));
    if (!gates.empty()) line("");
  }

  void totals() {
    const Report& r = report_;
    line("| | records | |\n| :-- | --: | --: |");
    auto row = [&](std::string_view name, uint64_t count, uint64_t whole) {
      line(fmt::format("| {} | {} | {} |", name, with_commas(count), share_of(count, whole)));
    };
    row("same", r.same, r.records);
    row("newly denied", r.newly_denied, r.records);
    row("newly allowed", r.newly_allowed, r.records);
    uint64_t others = r.changed - r.newly_denied - r.newly_allowed;
    if (others > 0) row("denied otherwise", others, r.records);
    row("undetermined", r.undetermined, r.records);
    if (r.unreadable > 0) row("unreadable", r.unreadable, r.records + r.unreadable);
    line("");
    std::string money = money_text(r, "**", "**");
    if (!money.empty()) line(money + "\n");
    if (r.late > 0)
      line(fmt::format("{} records came too late to be put in order.\n", with_commas(r.late)));
  }

  void changes() {
    if (report_.changes.empty()) return;
    line(
        "#### Changes\n\n| records | from | to | where | tokens | cost | examples |\n"
        "| --: | :-- | :-- | :-- | --: | --: | :-- |");
    std::vector<NamedChange> all = changes_by_count(report_);
    for (size_t i = 0; i < std::min(all.size(), most_rows); ++i) {
      const auto& [answers, change] = all[i];
      const replay::Answer& decides = answers.second.allowed ? answers.first : answers.second;
      bool measured = change.count > change.unmeasured;
      line(fmt::format(
          "| {} | {} | {} | {} | {} | {} | {} |", with_commas(change.count),
          markdown_text(answer_text(answers.first)), markdown_text(answer_text(answers.second)),
          markdown_text(decides.statement),
          measured ? with_commas(static_cast<uint64_t>(std::max<int64_t>(change.tokens, 0))) : "",
          measured ? dollars(change.usd) : "",
          markdown_text(places_text(change.examples, report_.logs.size()))));
    }
    more(all.size());
  }

  void more(size_t size) {
    line(size > most_rows ? fmt::format("\nand {} more\n", size - most_rows) : "");
  }

  void shares(const std::string& dimension) {
    auto found = report_.by.find(dimension);
    if (found == report_.by.end()) return;
    auto rows = changed_shares(found->second, most_rows);
    bool named = std::ranges::any_of(rows, [](const auto& row) { return !row.first.empty(); });
    if (!named) return;
    line(fmt::format(
        "<details><summary>By {}</summary>\n\n| {} | records | newly denied | newly "
        "allowed | undetermined | cost of changed |\n| :-- | --: | --: | --: | --: | --: |",
        dimension, dimension));
    for (const auto& [name, share] : rows)
      line(fmt::format("| {} | {} | {} | {} | {} | {} |",
                       name.empty() ? "(none)" : markdown_text(name), with_commas(share.records),
                       with_commas(share.newly_denied), with_commas(share.newly_allowed),
                       with_commas(share.undetermined), dollars(share.usd)));
    line("\n</details>\n");
  }

  void limits() {
    if (report_.limits.empty()) return;
    line(
        "#### Limits reached\n\n| limit | | refused | first | last |\n| :-- | :-- | --: | :-- | "
        ":-- |");
    for (const auto& [name, limit] : report_.limits)
      line(fmt::format("| {} ({}) | {} | {} | {} | {} |", markdown_text(name.second.policy),
                       markdown_text(name.second.statement), name.first ? "after" : "before",
                       with_commas(limit.refused), short_time(limit.first),
                       short_time(limit.last)));
    line("");
  }

  void routes() {
    if (report_.routes.empty()) return;
    line(
        "#### Routes that shift\n\n| from | to | records | cost before | cost after |\n"
        "| :-- | :-- | --: | --: | --: |");
    for (const auto& [models, shift] : report_.routes)
      line(fmt::format("| {} | {} | {} | {} | {} |", markdown_text(models.first),
                       markdown_text(models.second), with_commas(shift.count),
                       dollars(shift.usd_from), dollars(shift.usd_to)));
    line("");
  }

  void redactions() {
    if (report_.redactions.empty()) return;
    line(
        "#### Redactions\n\n| policy | detector | in | records before | after |\n"
        "| :-- | :-- | :-- | --: | --: |");
    for (const auto& [name, counts] : report_.redactions)
      line(fmt::format("| {} | {} | {} | {} | {} |", markdown_text(name.policy),
                       markdown_text(name.detector), name.of_answer ? "response" : "request",
                       with_commas(counts.first), with_commas(counts.second)));
    line("");
  }

  void unknown() {
    if (report_.missing.empty() && report_.unreadable == 0) return;
    line("<details><summary>Undetermined and unreadable</summary>\n");
    for (const auto& [field, counted] : report_.missing)
      line(fmt::format("- {} turn on `{}`, which they do not tell: {}", with_commas(counted.count),
                       field, markdown_text(places_text(counted.examples, report_.logs.size()))));
    for (const auto& [reason, counted] : report_.reasons.kept())
      line(fmt::format("- {} unreadable, {}: {}", with_commas(counted.count),
                       markdown_text(reason.second),
                       markdown_text(places_text(counted.examples, report_.logs.size()))));
    line("\n</details>\n");
  }

  void statements() {
    std::vector<replay::StatementName> none = unexercised(report_);
    if (none.empty()) return;
    line(
        fmt::format("<details><summary>{} statements that no record met</summary>\n", none.size()));
    for (size_t i = 0; i < std::min(none.size(), most_rows); ++i)
      line(fmt::format("- {}: {} of {}", markdown_text(none[i].statement), none[i].effect,
                       markdown_text(none[i].policy)));
    more(none.size());
    line("\n</details>");
  }

  const Report& report_;
  std::string out_;
};

}  // namespace

std::string replay_markdown(const Report& report, const std::vector<Gate>& gates, bool) {
  return Markdown(report).write(gates);
}

}  // namespace aipol::cli
