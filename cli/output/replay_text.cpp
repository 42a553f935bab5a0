#include <algorithm>

#include <fmt/format.h>

#include "cli/output/replay.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

using replay::Gate;
using replay::Report;

namespace {

constexpr size_t most_rows = 10;

class Text {
 public:
  Text(const Report& report, bool colour) : report_(report), colour_(colour) {}

  std::string write(const std::vector<Gate>& gates) {
    totals();
    changes();
    shares();
    limits();
    routes();
    redactions();
    unknown();
    statements();
    for (const Gate& gate : gates) {
      bool failed = gate.fails(report_);
      title(fmt::format("{}: {} is {}", failed ? "failed" : "passed", gate.text(),
                        gate.measured(report_)));
    }
    return out_;
  }

 private:
  void title(std::string_view text) {
    out_ += colour_ ? fmt::format("\033[1m{}\033[0m\n", text) : fmt::format("{}\n", text);
  }
  void count(std::string_view name, uint64_t number, uint64_t whole) {
    if (number == 0) return;
    out_ +=
        fmt::format("  {:<14} {:>12}  {:>7}\n", name, with_commas(number), share_of(number, whole));
  }

  void totals() {
    const Report& r = report_;
    title(
        fmt::format("{} records, from {} to {}", with_commas(r.records), from_text(r), r.to.name));
    if (r.first != 0) out_ += fmt::format("  {} to {}\n", short_time(r.first), short_time(r.last));
    count("same", r.same, r.records);
    count("changed", r.changed, r.records);
    count("newly denied", r.newly_denied, r.records);
    count("newly allowed", r.newly_allowed, r.records);
    count("undetermined", r.undetermined, r.records);
    count("unreadable", r.unreadable, r.records + r.unreadable);
    note(r.of > 0 && r.shards.size() < r.of,
         fmt::format("{} of {} shards: the rest is missing", r.shards.size(), r.of));
    note(r.late > 0,
         fmt::format("{} records came too late to be put in order", with_commas(r.late)));
    note(r.estimated > 0,
         fmt::format("{} records do not tell what they would have used: estimated for the limits",
                     with_commas(r.estimated)));
    note(r.other > 0, fmt::format("{} records are of no requests", with_commas(r.other)));
  }

  void note(bool holds, const std::string& text) {
    if (holds) out_ += "  " + text + "\n";
  }

  void changes() {
    if (report_.changes.empty()) return;
    title("changes");
    std::vector<NamedChange> all = changes_by_count(report_);
    for (size_t i = 0; i < std::min(all.size(), most_rows); ++i) change(all[i]);
    more(all.size());
  }

  void change(const NamedChange& named) {
    const auto& [answers, change] = named;
    const replay::Answer& decides = answers.second.allowed ? answers.first : answers.second;
    out_ += fmt::format("  {:>10}  {} -> {}", with_commas(change.count), answer_text(answers.first),
                        answer_text(answers.second));
    if (!decides.statement.empty()) out_ += fmt::format(" ({})", decides.statement);
    out_ += '\n';
    if (change.count > change.unmeasured)
      out_ += fmt::format("              {} tokens, {}\n",
                          with_commas(static_cast<uint64_t>(std::max<int64_t>(change.tokens, 0))),
                          dollars(change.usd));
    out_ += fmt::format("              {}\n", places_text(change.examples, report_.logs.size()));
  }

  void more(size_t size) {
    if (size > most_rows) out_ += fmt::format("  and {} more\n", size - most_rows);
  }

  void shares() {
    for (const auto& [dimension, all] : report_.by) {
      auto rows = changed_shares(all, most_rows);
      bool named = std::ranges::any_of(rows, [](const auto& row) { return !row.first.empty(); });
      if (!named) continue;
      title("by " + dimension);
      for (const auto& [name, share] : rows)
        out_ += fmt::format("  {:>10}  of {:<10}  {}{}\n", with_commas(share.changed),
                            with_commas(share.records), name.empty() ? "(none)" : name,
                            share.undetermined > 0
                                ? fmt::format(", {} undetermined", with_commas(share.undetermined))
                                : "");
    }
  }

  void limits() {
    if (report_.limits.empty()) return;
    title("limits reached");
    for (const auto& [name, limit] : report_.limits) {
      out_ +=
          fmt::format("  {:>10}  {} ({}), {}: first {}, last {}\n", with_commas(limit.refused),
                      name.second.policy, name.second.statement, name.first ? "after" : "before",
                      short_time(limit.first), short_time(limit.last));
    }
  }

  void routes() {
    if (report_.routes.empty()) return;
    title("routes that shift");
    for (const auto& [models, shift] : report_.routes)
      out_ += fmt::format("  {:>10}  {} -> {}, {} -> {}\n", with_commas(shift.count), models.first,
                          models.second, dollars(shift.usd_from), dollars(shift.usd_to));
  }

  void redactions() {
    if (report_.redactions.empty()) return;
    title("redactions");
    for (const auto& [name, counts] : report_.redactions)
      out_ += fmt::format("  {:>10}  -> {}  {} in the {}, by {}\n", with_commas(counts.first),
                          with_commas(counts.second), name.detector,
                          name.of_answer ? "response" : "request", name.policy);
  }

  void unknown() {
    if (!report_.missing.empty()) title("undetermined for want of");
    for (const auto& [field, counted] : report_.missing)
      out_ += fmt::format("  {:>10}  {}: {}\n", with_commas(counted.count), field,
                          places_text(counted.examples, report_.logs.size()));
    if (report_.unreadable == 0) return;
    title("unreadable");
    for (const auto& [reason, counted] : report_.reasons.kept())
      out_ += fmt::format("  {:>10}  {}: {}\n", with_commas(counted.count), reason.second,
                          places_text(counted.examples, report_.logs.size()));
    if (report_.reasons.dropped())
      out_ +=
          fmt::format("  {:>10}  for other reasons\n", with_commas(report_.reasons.others().count));
  }

  void statements() {
    std::vector<replay::StatementName> none = unexercised(report_);
    if (none.empty()) return;
    title("never exercised");
    for (size_t i = 0; i < std::min(none.size(), most_rows); ++i)
      out_ += fmt::format("  {}: {} of {}\n", none[i].statement, none[i].effect, none[i].policy);
    more(none.size());
  }

  const Report& report_;
  const bool colour_;
  std::string out_;
};

}  // namespace

std::string replay_text(const Report& report, const std::vector<Gate>& gates, bool colour) {
  return Text(report, colour).write(gates);
}

}  // namespace aipol::cli
