// A chart of stacked columns over time, as SVG within HTML.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aipol::cli {

struct Series {
  std::string name;              // of the legend
  std::string mark;              // class of its colour
  std::vector<uint64_t> values;  // by step, as many as the chart has
};

struct BarChart {
  std::string title;
  int64_t first = 0, step = 0;  // nanoseconds: where the first column begins, how long one is
  size_t steps = 0;
  std::vector<Series> series;  // from below to above
  bool stacked = true;         // false: beside each other
};

// A figure with its legend.
std::string chart_html(const BarChart& chart);

// A round number that is not less: of the axis' end.
uint64_t round_up(uint64_t value);

}  // namespace aipol::cli
