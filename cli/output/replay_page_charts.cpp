#include <fmt/format.h>

#include "cli/output/bar_chart.h"
#include "cli/output/html_table.h"
#include "cli/output/replay_page.h"
#include "cli/output/replay_words.h"
#include "cli/output/time_axis.h"

namespace aipol::cli {

using replay::Report;
using Counts = replay::Timeline::Counts;

namespace {

uint64_t same(const Counts& c) { return c.records - c.changed - c.undetermined; }
uint64_t otherwise(const Counts& c) { return c.changed - c.newly_denied - c.newly_allowed; }

struct Measure {
  const char* name;
  const char* mark;
  uint64_t (*of)(const Counts&);
};

constexpr Measure kept = {"same", "same", same};
constexpr Measure changes[] = {
    {"newly denied", "denied", [](const Counts& c) { return c.newly_denied; }},
    {"newly allowed", "allowed", [](const Counts& c) { return c.newly_allowed; }},
    {"denied otherwise", "otherwise", otherwise},
    {"undetermined", "unknown", [](const Counts& c) { return c.undetermined; }}};
constexpr Measure limited[] = {{"before", "before", [](const Counts& c) { return c.limited_from; }},
                               {"after", "after", [](const Counts& c) { return c.limited_to; }}};

class Charts {
 public:
  explicit Charts(const Report& report)
      : counts_(report.timeline.counts()), step_(report.timeline.step()) {}

  std::string write() const {
    if (counts_.empty()) return "";
    std::vector<Measure> all = {kept};
    all.insert(all.end(), std::begin(changes), std::end(changes));
    return fmt::format(
               "<h2>Over time</h2>\n<p class=\"note\">Each column is {}; times are UTC.</p>\n",
               step_text(step_ / 1'000'000'000)) +
           chart("Requests", all, true) +
           chart("What changes", {std::begin(changes), std::end(changes)}, true) +
           chart("Refused by limits", {std::begin(limited), std::end(limited)}, false) + numbers();
  }

 private:
  std::string chart(std::string title, const std::vector<Measure>& measures, bool stacked) const {
    int64_t first = counts_.begin()->first;
    BarChart made{std::move(title),
                  first * step_,
                  step_,
                  static_cast<size_t>(counts_.rbegin()->first - first + 1),
                  {},
                  stacked};
    for (const Measure& measure : measures) {
      Series& series = made.series.emplace_back(measure.name, measure.mark);
      series.values.resize(made.steps);
      for (const auto& [number, counts] : counts_)
        series.values[static_cast<size_t>(number - first)] = measure.of(counts);
    }
    return chart_html(made);
  }

  std::string numbers() const {
    HtmlTable table("Over time, as numbers",
                    {"from", "#same", "#newly denied", "#newly allowed", "#denied otherwise",
                     "#undetermined", "#limits before", "#limits after"},
                    0);
    for (const auto& [number, counts] : counts_) {
      table.row().head(short_time(number * step_)).number(same(counts));
      for (const Measure& measure : changes) table.number(measure.of(counts));
      for (const Measure& measure : limited) table.number(measure.of(counts));
    }
    return "<details class=\"numbers\"><summary>as numbers</summary>\n" + table.end() +
           "</details>\n";
  }

  const std::map<int64_t, Counts>& counts_;
  const int64_t step_;
};

}  // namespace

std::string replay_charts(const Report& report) { return Charts(report).write(); }

}  // namespace aipol::cli
