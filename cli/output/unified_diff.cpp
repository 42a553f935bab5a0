#include "cli/output/unified_diff.h"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace aipol::cli {

namespace {

using Lines = std::vector<std::string_view>;  // each with its line break, if it has one

constexpr size_t context = 3;       // lines shown around a change
constexpr int most_changes = 1000;  // lines put in and left out that are looked for

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

struct Line {
  char sign;  // ' ', '-', '+'
  std::string_view text;
};
using Script = std::vector<Line>;

// The shortest script (Myers): for each number of changes the farthest line reached on each
// diagonal, then the way back.
class Shortest {
 public:
  Shortest(std::span<const std::string_view> a, std::span<const std::string_view> b)
      : a_(a), b_(b) {}

  // Empty where it takes more than `most_changes`.
  Script run() {
    auto n = static_cast<int>(a_.size()), m = static_cast<int>(b_.size());
    std::vector<int> reached(2 * most_changes + 3, 0);
    for (int d = 0; d <= std::min(n + m, most_changes); ++d) {
      before_.push_back(reached);
      for (int k = -d; k <= d; k += 2) {
        int x = step(reached, d, k);
        while (x < n && x - k < m && a_[at(x)] == b_[at(x - k)]) ++x;
        reached[slot(k)] = x;
        if (x >= n && x - k >= m) return way_back(d);
      }
    }
    return {};
  }

 private:
  static size_t at(int index) { return static_cast<size_t>(index); }
  static size_t slot(int k) { return static_cast<size_t>(k + most_changes + 1); }
  static bool down(const std::vector<int>& reached, int d, int k) {
    return k == -d || (k != d && reached[slot(k - 1)] < reached[slot(k + 1)]);
  }
  static int step(const std::vector<int>& reached, int d, int k) {
    return down(reached, d, k) ? reached[slot(k + 1)] : reached[slot(k - 1)] + 1;
  }

  Script way_back(int changes) const {
    Script script;
    auto x = static_cast<int>(a_.size()), y = static_cast<int>(b_.size());
    for (int d = changes; d >= 0; --d) {
      const std::vector<int>& reached = before_[at(d)];
      int k = x - y;
      bool inserted = down(reached, d, k);
      int from = d == 0 ? 0 : reached[slot(inserted ? k + 1 : k - 1)];
      int from_y = d == 0 ? 0 : from - (inserted ? k + 1 : k - 1);
      while (x > from && y > from_y) script.push_back({' ', a_[at(--x)]}), --y;
      if (d == 0) break;
      script.push_back(inserted ? Line{'+', b_[at(--y)]} : Line{'-', a_[at(--x)]});
    }
    std::ranges::reverse(script);
    return script;
  }

  std::span<const std::string_view> a_, b_;
  std::vector<std::vector<int>> before_;  // reached, before each number of changes
};

Script script_between(const Lines& before, const Lines& after) {
  auto [a, b] = std::ranges::mismatch(before, after);
  auto head = static_cast<size_t>(a - before.begin());
  size_t tail = 0, most = std::min(before.size(), after.size()) - head;
  while (tail < most && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) ++tail;
  std::span<const std::string_view> old(before.data() + head, before.size() - head - tail);
  std::span<const std::string_view> now(after.data() + head, after.size() - head - tail);
  Script script;
  for (size_t i = 0; i < head; ++i) script.push_back({' ', before[i]});
  Script middle = Shortest(old, now).run();
  if (middle.empty()) {
    for (std::string_view line : old) middle.push_back({'-', line});
    for (std::string_view line : now) middle.push_back({'+', line});
  }
  script.insert(script.end(), middle.begin(), middle.end());
  for (size_t i = before.size() - tail; i < before.size(); ++i) script.push_back({' ', before[i]});
  return script;
}

// Lines [first, last) of the script.
struct Hunk {
  size_t first, last;
};

std::vector<Hunk> hunks_of(const Script& script) {
  std::vector<Hunk> hunks;
  for (size_t i = 0; i < script.size(); ++i) {
    if (script[i].sign == ' ') continue;
    size_t first = i < context ? 0 : i - context, last = std::min(script.size(), i + context + 1);
    if (!hunks.empty() && first <= hunks.back().last) {
      hunks.back().last = last;
    } else {
      hunks.push_back({first, last});
    }
  }
  return hunks;
}

// "3,4": the first line and how many; of none the line before.
std::string range(size_t line, size_t count) {
  if (count == 1) return fmt::format("{}", line + 1);
  return fmt::format("{},{}", count == 0 ? line : line + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return {};
  Script script = script_between(lines_of(before), lines_of(after));
  std::string out = fmt::format("--- {}\n+++ {}\n", path, path);
  size_t old = 0, now = 0, at = 0;
  for (const Hunk& hunk : hunks_of(script)) {
    for (; at < hunk.first; ++at) ++old, ++now;  // between hunks nothing changed
    std::string body;
    size_t old_lines = 0, new_lines = 0;
    for (; at < hunk.last; ++at) {
      const Line& line = script[at];
      old_lines += line.sign != '+';
      new_lines += line.sign != '-';
      body += line.sign;
      body += line.text;
      if (!line.text.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    out += fmt::format("@@ -{} +{} @@\n{}", range(old, old_lines), range(now, new_lines), body);
    old += old_lines;
    now += new_lines;
  }
  return out;
}

}  // namespace aipol::cli
