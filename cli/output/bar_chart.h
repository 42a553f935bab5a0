// A chart of columns over time, within HTML. What is drawn is SVG that stretches with the window,
// what is written is text beside it, which does not.
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
  int64_t first = 0, step = 0;  // ns: where the first column begins, how long one is; whole seconds
  size_t steps = 0;
  std::vector<Series> series;  // from below to above
  bool stacked = true;         // false: beside each other
};

// A figure with its legend, in which each series has its sum. Series without anything are left out;
// where nothing is left the text is empty.
std::string chart_html(const BarChart& chart);

// A round number that is not less: of the axis' end.
uint64_t round_up(uint64_t value);

}  // namespace aipol::cli
