#include "cli/output/bar_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/output/markup.h"
#include "cli/output/replay_words.h"
#include "cli/output/time_axis.h"

namespace aipol::cli {

namespace {

// Of the drawing, which is stretched to the place there is.
constexpr double column = 10, height = 1000, least_height = 8;
constexpr int64_t second = 1'000'000'000;

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

uint64_t sum_of(const Series& series) {
  return std::accumulate(series.values.begin(), series.values.end(), uint64_t{0});
}

class Drawing {
 public:
  explicit Drawing(const BarChart& chart) : chart_(chart), most_(round_up(largest())) {}

  std::string write() {
    out_ = "<div class=\"plot\">\n";
    svg();
    for (uint64_t i = 0; i <= lines(); ++i)
      put("<span class=\"y\" style=\"bottom:{:.2f}%\">{}</span>", 100 * share(line(i)),
          short_number(line(i)));
    out_ += '\n';
    times();
    return out_ + "</div>\n";
  }

 private:
  template <class... Arguments>
  void put(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Arguments>(arguments)...);
  }

  uint64_t largest() const {
    uint64_t most = 1;
    for (size_t step = 0; step < chart_.steps; ++step) {
      uint64_t sum = 0;
      for (const Series& one : chart_.series) {
        sum += one.values[step];
        most = std::max(most, chart_.stacked ? sum : one.values[step]);
      }
    }
    return most;
  }

  double share(uint64_t value) const {
    return static_cast<double>(value) / static_cast<double>(most_);
  }
  double y(uint64_t value) const { return height * (1 - share(value)); }
  double width() const { return column * static_cast<double>(chart_.steps); }

  uint64_t lines() const {
    return most_ % 4 == 0 ? 4 : most_ % 5 == 0 ? 5 : most_ % 2 == 0 ? 2 : 1;
  }
  uint64_t line(uint64_t i) const { return most_ / lines() * i; }

  void svg() {
    put("<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">\n",
        width(), height, markup(said()));
    for (uint64_t i = 0; i <= lines(); ++i)
      put("<line class=\"{0}\" x1=\"0\" x2=\"{1}\" y1=\"{2:.0f}\" y2=\"{2:.0f}\"/>",
          i == 0 ? "base" : "grid", width(), y(line(i)));
    out_ += '\n';
    for (size_t step = 0; step < chart_.steps; ++step) columns(step);
    out_ += "</svg>\n";
  }

  // For those who hear it.
  std::string said() const {
    std::string text = chart_.title + " over time:";
    for (const Series& one : chart_.series)
      text += fmt::format(" {} {},", one.name, with_commas(sum_of(one)));
    text.pop_back();
    return text;
  }

  void columns(size_t step) {
    bool any =
        std::ranges::any_of(chart_.series, [&](const Series& one) { return one.values[step] > 0; });
    if (!any) return;
    std::string title = short_time(chart_.first + static_cast<int64_t>(step) * chart_.step);
    for (const Series& one : chart_.series) {
      if (one.values[step] > 0)
        title += fmt::format("\n{}: {}", one.name, with_commas(one.values[step]));
    }
    double x = column * static_cast<double>(step);
    // Whoever points anywhere above or below reads what there is.
    put("<g><title>{}</title><rect class=\"hit\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{}\"/>",
        markup(title), x, column, height);
    uint64_t below = 0;
    for (size_t i = 0; i < chart_.series.size(); ++i) bar(i, step, x, below);
    out_ += "</g>\n";
  }

  void bar(size_t i, size_t step, double x, uint64_t& below) {
    uint64_t value = chart_.series[i].values[step];
    if (value == 0) return;
    double gap = chart_.steps <= 60 ? 1.5 : 0;
    double beside = chart_.stacked ? 1 : static_cast<double>(chart_.series.size());
    double wide = (column - gap) / beside;
    double at = x + gap / 2 + (chart_.stacked ? 0 : wide * static_cast<double>(i));
    double low = y(below), high = y(below + value);
    // What is there is seen, however little it is.
    double tall = std::max(low - high, least_height);
    put("<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"/>",
        chart_.series[i].mark, at, std::max(low - tall, 0.0), wide, tall);
    if (chart_.stacked) below += value;
  }

  // Each second one is left out where there is little room, and those at the ends stay within.
  void times() {
    bool odd = false;
    int64_t first = chart_.first / second, steps = static_cast<int64_t>(chart_.steps);
    for (const Tick& tick : time_ticks(first, first + steps * (chart_.step / second))) {
      std::string_view end = tick.at < 0.05 ? " first" : tick.at > 0.93 ? " last" : "";
      put("<span class=\"x{}{}\" style=\"left:{:.2f}%\">{}</span>", end, odd ? " odd" : "",
          100 * tick.at, tick.label);
      odd = !odd;
    }
    out_ += '\n';
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
  BarChart drawn = chart;
  std::erase_if(drawn.series, [](const Series& one) { return sum_of(one) == 0; });
  if (drawn.series.empty()) return "";
  std::string out = fmt::format("<figure>\n<figcaption><b>{}</b>", markup(drawn.title));
  for (const Series& one : drawn.series)
    out += fmt::format("<span class=\"key {}\">{} {}</span>", one.mark, markup(one.name),
                       with_commas(sum_of(one)));
  return out + "</figcaption>\n" + Drawing(drawn).write() + "</figure>\n";
}

}  // namespace aipol::cli
