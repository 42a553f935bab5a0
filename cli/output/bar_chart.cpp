#include "cli/output/bar_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/output/markup.h"
#include "cli/output/replay_words.h"

namespace aipol::cli {

namespace {

constexpr double width = 1000, height = 200;
constexpr double left = 56, right = 8, top = 8, bottom = 24;
constexpr double plot_width = width - left - right, plot_height = height - top - bottom;
constexpr int64_t second = 1'000'000'000, day = 86'400 * second;

// 12k, 3.5M: what fits beside an axis.
std::string short_number(uint64_t value) {
  constexpr std::pair<uint64_t, char> units[] = {
      {1'000'000'000, 'G'}, {1'000'000, 'M'}, {1'000, 'k'}};
  for (auto [size, letter] : units) {
    if (value < size) continue;
    if (value % size == 0) return fmt::format("{}{}", value / size, letter);
    return fmt::format("{:.1f}{}", static_cast<double>(value) / static_cast<double>(size), letter);
  }
  return std::to_string(value);
}

class Svg {
 public:
  explicit Svg(const BarChart& chart) : chart_(chart), most_(round_up(largest())) {}

  std::string write() {
    out_ = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n", width,
                       height, markup(chart_.title));
    grid();
    for (size_t step = 0; step < chart_.steps; ++step) column(step);
    times();
    return out_ + "</svg>\n";
  }

 private:
  uint64_t largest() const {
    uint64_t most = 0;
    for (size_t step = 0; step < chart_.steps; ++step) {
      uint64_t sum = 0;
      for (const Series& one : chart_.series) {
        sum += one.values[step];
        most = std::max(most, chart_.stacked ? sum : one.values[step]);
      }
    }
    return most;
  }

  double y(double value) const {
    return top + plot_height * (1 - value / static_cast<double>(std::max<uint64_t>(most_, 1)));
  }
  double column_width() const { return plot_width / static_cast<double>(chart_.steps); }

  void grid() {
    uint64_t lines = most_ % 4 == 0 ? 4 : most_ % 5 == 0 ? 5 : most_ % 2 == 0 ? 2 : 1;
    for (uint64_t i = 0; i <= lines; ++i) {
      uint64_t value = most_ / lines * i;
      double at = y(static_cast<double>(value));
      out_ += fmt::format(
          "<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
          "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
          left, width - right, at, at, left - 8, at + 4, short_number(value));
    }
  }

  void column(size_t step) {
    bool any =
        std::ranges::any_of(chart_.series, [&](const Series& one) { return one.values[step] > 0; });
    if (!any) return;
    std::string title = short_time(chart_.first + static_cast<int64_t>(step) * chart_.step);
    for (const Series& one : chart_.series) {
      if (one.values[step] > 0)
        title += fmt::format("\n{}: {}", one.name, with_commas(one.values[step]));
    }
    out_ += fmt::format("<g><title>{}</title>", markup(title));
    double gap = column_width() > 4 ? 1 : 0;
    double x = left + static_cast<double>(step) * column_width();
    double share = chart_.stacked ? 1 : static_cast<double>(chart_.series.size());
    uint64_t below = 0;
    for (size_t i = 0; i < chart_.series.size(); ++i) {
      uint64_t value = chart_.series[i].values[step];
      if (value == 0) continue;
      double low = y(static_cast<double>(below)), high = y(static_cast<double>(below + value));
      double at = chart_.stacked ? x : x + column_width() / share * static_cast<double>(i);
      // What is there is seen, however little it is.
      out_ += fmt::format(
          "<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/>",
          chart_.series[i].mark, at, std::min(high, low - 1),
          std::max(column_width() / share - gap, 0.5), std::max(low - high, 1.0));
      if (chart_.stacked) below += value;
    }
    out_ += "</g>\n";
  }

  // Under the axis: days where it is about days, else times of the day.
  void times() {
    constexpr size_t labels = 6;
    size_t every = std::max<size_t>((chart_.steps + labels - 1) / labels, 1);
    for (size_t step = 0; step < chart_.steps; step += every) {
      int64_t time = chart_.first + static_cast<int64_t>(step) * chart_.step;
      std::string text = short_time(time);
      bool days = chart_.step >= day;
      bool long_span = static_cast<int64_t>(chart_.steps) * chart_.step > day;
      text = days ? text.substr(0, 10) : long_span ? text.substr(5, 11) : text.substr(11);
      out_ += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>\n",
                          left + static_cast<double>(step) * column_width(), height - 6, text);
    }
  }

  const BarChart& chart_;
  const uint64_t most_;
  std::string out_;
};

}  // namespace

uint64_t round_up(uint64_t value) {
  if (value <= 4) return std::max<uint64_t>(value, 1);
  uint64_t unit = 1;
  while (unit * 10 <= value) unit *= 10;
  for (uint64_t steps : {10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100}) {
    if (unit * steps / 10 >= value && unit * steps % 10 == 0) return unit * steps / 10;
  }
  return value;
}

std::string chart_html(const BarChart& chart) {
  std::string out = fmt::format("<figure><figcaption><b>{}</b>", markup(chart.title));
  for (const Series& one : chart.series)
    out += fmt::format("<span class=\"key {}\">{}</span>", one.mark, markup(one.name));
  return out + "</figcaption>\n" + Svg(chart).write() + "</figure>\n";
}

}  // namespace aipol::cli
