// One page that needs nothing else: cli/pages/replay.html around what is written here.
#include <algorithm>

#include <fmt/format.h>

#include "cli/output/bar_chart.h"
#include "cli/output/markup.h"
#include "cli/output/replay.h"
#include "cli/output/replay_words.h"
#include "embedded/files.h"

namespace aipol::cli {

using replay::Gate;
using replay::Report;
using Counts = replay::Timeline::Counts;

namespace {

constexpr size_t most_rows = 25;

class Page {
 public:
  explicit Page(const Report& report) : report_(report) {}

  std::string write(const std::vector<Gate>& gates) {
    headline();
    cards();
    passed_gates(gates);
    notes();
    charts();
    changes();
    for (const auto& [dimension, all] : report_.by) shares(dimension, all);
    limits();
    routes();
    redactions();
    unknown();
    statements();
    return out_;
  }

 private:
  template <class... Arguments>
  void put(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Arguments>(arguments)...);
  }

  void headline() {
    const Report& r = report_;
    put("<h1>{}</h1>\n", r.changed == 0
                             ? "No decision changes"
                             : fmt::format("{} of {} decisions change", with_commas(r.changed),
                                           with_commas(r.records)));
    put("<p class=\"about\">{} recorded requests{}, decided by <code>{}</code>, compared with "
        "{}</p>\n",
        with_commas(r.records),
        r.first == 0 ? "" : fmt::format(", {} to {} UTC", short_time(r.first), short_time(r.last)),
        markup(r.to.name),
        r.from.version.empty() ? "what was recorded"
                               : fmt::format("<code>{}</code>", markup(r.from.name)));
  }

  void card(std::string_view mark, std::string_view name, uint64_t count, uint64_t whole) {
    put("<div class=\"card {}\"><b>{}</b><span>{}, {}</span></div>\n", mark, with_commas(count),
        name, share_of(count, whole));
  }

  void cards() {
    const Report& r = report_;
    out_ += "<div class=\"cards\">\n";
    card("same", "same", r.same, r.records);
    card("denied", "newly denied", r.newly_denied, r.records);
    card("allowed", "newly allowed", r.newly_allowed, r.records);
    uint64_t otherwise = r.changed - r.newly_denied - r.newly_allowed;
    if (otherwise > 0) card("otherwise", "denied otherwise", otherwise, r.records);
    card("unknown", "undetermined", r.undetermined, r.records);
    if (r.unreadable > 0) card("", "unreadable", r.unreadable, r.records + r.unreadable);
    out_ += "</div>\n";
  }

  void passed_gates(const std::vector<Gate>& gates) {
    if (gates.empty()) return;
    out_ += "<ul class=\"gates\">\n";
    for (const Gate& gate : gates) {
      bool failed = gate.fails(report_);
      put("<li class=\"{0}\"><b>{0}</b> <code>{1}</code>: {2}</li>\n", failed ? "failed" : "passed",
          markup(gate.text()), markup(gate.measured(report_)));
    }
    out_ += "</ul>\n";
  }

  void notes() {
    const Report& r = report_;
    auto note = [&](bool holds, const std::string& text) {
      if (holds) put("<p class=\"note\">{}</p>\n", text);
    };
    note(r.of > 0 && r.shards.size() < r.of,
         fmt::format("{} of {} shards; the rest is missing", r.shards.size(), r.of));
    note(r.late > 0, with_commas(r.late) + " records came too late to be put in order");
    note(r.estimated > 0,
         with_commas(r.estimated) +
             " records do not tell what they would have used: estimated for the limits");
  }

  Series series(std::string name, std::string mark, uint64_t (*of)(const Counts&)) const {
    Series out{std::move(name), std::move(mark), {}};
    int64_t first = report_.timeline.counts().begin()->first;
    int64_t last = report_.timeline.counts().rbegin()->first;
    out.values.resize(static_cast<size_t>(last - first + 1));
    for (const auto& [number, counts] : report_.timeline.counts())
      out.values[static_cast<size_t>(number - first)] = of(counts);
    return out;
  }

  void chart(std::string title, std::vector<Series> all, bool stacked) {
    bool any = std::ranges::any_of(all, [](const Series& one) {
      return std::ranges::any_of(one.values, [](uint64_t value) { return value > 0; });
    });
    if (!any) return;
    BarChart made{
        std::move(title),        report_.timeline.counts().begin()->first * report_.timeline.step(),
        report_.timeline.step(), all.front().values.size(),
        std::move(all),          stacked};
    out_ += chart_html(made);
  }

  void charts() {
    if (report_.timeline.counts().empty()) return;
    chart("Requests",
          {series("same", "same",
                  [](const Counts& c) { return c.records - c.changed - c.undetermined; }),
           series("changed", "denied", [](const Counts& c) { return c.changed; }),
           series("undetermined", "unknown", [](const Counts& c) { return c.undetermined; })},
          true);
    chart("What changes",
          {series("newly denied", "denied", [](const Counts& c) { return c.newly_denied; }),
           series("newly allowed", "allowed", [](const Counts& c) { return c.newly_allowed; }),
           series("denied otherwise", "otherwise",
                  [](const Counts& c) { return c.changed - c.newly_denied - c.newly_allowed; })},
          true);
    chart("Refused by limits",
          {series("before", "before", [](const Counts& c) { return c.limited_from; }),
           series("after", "after", [](const Counts& c) { return c.limited_to; })},
          false);
  }

  void begin_table(std::string_view title, std::initializer_list<std::string_view> heads) {
    if (!title.empty()) put("<h2>{}</h2>\n", title);
    out_ += "<div class=\"scroll\"><table><thead><tr>";
    for (std::string_view head : heads) {
      bool number = head.starts_with('#');
      put("<th{}>{}</th>", number ? " class=\"n\"" : "", number ? head.substr(1) : head);
    }
    out_ += "</tr></thead><tbody>\n";
  }
  void end_table() { out_ += "</tbody></table></div>\n"; }

  void changes() {
    if (report_.changes.empty()) return;
    begin_table("Changes", {"#records", "from", "to", "where", "#tokens", "#cost", "examples"});
    std::vector<NamedChange> all = changes_by_count(report_);
    uint64_t most = all.front().second.count;
    for (size_t i = 0; i < std::min(all.size(), most_rows); ++i) {
      const auto& [answers, change] = all[i];
      const auto& [from, to] = answers;
      std::string_view mark = from.allowed ? "denied" : to.allowed ? "allowed" : "otherwise";
      bool measured = change.count > change.unmeasured;
      put("<tr class=\"{}\"><td class=\"n\">{}<i class=\"bar\" "
          "style=\"width:{:.1f}%\"></i></td><td>{}</td><td>{}</td>"
          "<td><code>{}</code></td><td class=\"n\">{}</td><td "
          "class=\"n\">{}</td><td><small>{}</small></td></tr>\n",
          mark, with_commas(change.count),
          100.0 * static_cast<double>(change.count) / static_cast<double>(most),
          markup(answer_text(from)), markup(answer_text(to)),
          markup(to.allowed ? from.statement : to.statement),
          measured ? with_commas(static_cast<uint64_t>(std::max<int64_t>(change.tokens, 0))) : "",
          measured ? dollars(change.usd) : "",
          markup(places_text(change.examples, report_.logs.size())));
    }
    end_table();
    more(all.size());
  }

  void more(size_t size) {
    if (size > most_rows) put("<p class=\"note\">and {} more</p>\n", size - most_rows);
  }

  void shares(const std::string& dimension, const replay::BoundedCounts<replay::Share>& all) {
    auto rows = changed_shares(all, most_rows);
    bool named = std::ranges::any_of(rows, [](const auto& row) { return !row.first.empty(); });
    if (!named) return;
    begin_table("By " + dimension, {dimension, "#records", "#newly denied", "#newly allowed",
                                    "#undetermined", "#cost of changed"});
    for (const auto& [name, share] : rows)
      put("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
          "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
          name.empty() ? "<small>none</small>" : markup(name), with_commas(share.records),
          with_commas(share.newly_denied), with_commas(share.newly_allowed),
          with_commas(share.undetermined), dollars(share.usd));
    end_table();
  }

  void limits() {
    if (report_.limits.empty()) return;
    begin_table("Limits reached", {"limit", "", "#refused", "first", "last", "most often for"});
    for (const auto& [name, limit] : report_.limits) {
      std::vector<std::pair<uint64_t, std::string>> keys;
      for (const auto& [key, count] : limit.keys.kept()) keys.emplace_back(count, key.second);
      std::ranges::sort(keys, [](const auto& a, const auto& b) {
        return std::tuple(b.first, a.second) < std::tuple(a.first, b.second);
      });
      std::string often;
      for (size_t i = 0; i < std::min<size_t>(keys.size(), 3); ++i)
        often += fmt::format("{}{} ({})", i == 0 ? "" : ", ", keys[i].second,
                             with_commas(keys[i].first));
      put("<tr><td>{} <code>{}</code></td><td>{}</td><td "
          "class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
          markup(name.second.policy), markup(name.second.statement),
          name.first ? "after" : "before", with_commas(limit.refused), short_time(limit.first),
          short_time(limit.last), markup(often));
    }
    end_table();
  }

  void routes() {
    if (report_.routes.empty()) return;
    begin_table("Routes that shift", {"from", "to", "#records", "#cost before", "#cost after"});
    for (const auto& [models, shift] : report_.routes)
      put("<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
          "class=\"n\">{}</td></tr>\n",
          markup(models.first), markup(models.second), with_commas(shift.count),
          dollars(shift.usd_from), dollars(shift.usd_to));
    end_table();
  }

  void redactions() {
    if (report_.redactions.empty()) return;
    begin_table("Redactions", {"policy", "detector", "in", "#records before", "#after"});
    for (const auto& [name, counts] : report_.redactions)
      put("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td "
          "class=\"n\">{}</td></tr>\n",
          markup(name.policy), markup(name.detector), name.of_answer ? "response" : "request",
          with_commas(counts.first), with_commas(counts.second));
    end_table();
  }

  void unknown() {
    auto rows = [&](const std::string& what, const replay::Counted& counted) {
      put("<tr><td class=\"n\">{}</td><td>{}</td><td><small>{}</small></td></tr>\n",
          with_commas(counted.count), what,
          markup(places_text(counted.examples, report_.logs.size())));
    };
    if (!report_.missing.empty()) {
      begin_table("Undetermined for want of", {"#records", "field", "examples"});
      for (const auto& [field, counted] : report_.missing)
        rows(fmt::format("<code>{}</code>", markup(field)), counted);
      end_table();
    }
    if (report_.unreadable == 0) return;
    begin_table("Unreadable", {"#lines", "why", "examples"});
    for (const auto& [reason, counted] : report_.reasons.kept())
      rows(markup(reason.second), counted);
    if (report_.reasons.dropped()) rows("other reasons", report_.reasons.others());
    end_table();
  }

  void statements() {
    std::vector<replay::StatementName> none = unexercised(report_);
    if (none.empty()) return;
    put("<h2>Never exercised</h2>\n<details{}><summary>{} statements that no record "
        "met</summary>\n",
        none.size() <= most_rows ? " open" : "", none.size());
    begin_table("", {"statement", "effect", "policy"});
    for (const replay::StatementName& one : none)
      put("<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n", markup(one.statement),
          markup(one.effect), markup(one.policy));
    end_table();
    out_ += "</details>\n";
  }

  const Report& report_;
  std::string out_;
};

}  // namespace

std::string replay_html(const Report& report, const std::vector<Gate>& gates, bool) {
  auto pages = embedded::pages();
  auto page = std::ranges::find(pages, "replay.html", &embedded::File::path);
  std::string text(page->text);
  constexpr std::string_view place = "{{content}}";
  return text.replace(text.find(place), place.size(), Page(report).write(gates));
}

}  // namespace aipol::cli
