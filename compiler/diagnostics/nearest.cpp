// The name that was probably meant. Hostile files have thousands of misspelt names among thousands
// of declared ones, so a comparison ends as soon as it is too far off.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::diagnostics {

namespace {

constexpr size_t longest = 64;  // names beyond are not compared
constexpr size_t farthest = 4;  // edits, of the longest names
constexpr size_t most_candidates = 10'000;

bool same_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Characters put in, left out, replaced, or swapped with the next one; `bound` where there are at
// least so many. Only cells less than `bound` off the diagonal are filled.
size_t edit_distance(std::string_view a, std::string_view b, size_t bound) {
  size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference >= bound) return bound;
  std::array<std::array<uint8_t, longest + 2>, 3> rows;
  for (auto& row : rows) row.fill(static_cast<uint8_t>(bound));
  auto *before = rows[0].data(), *row = rows[1].data(), *next = rows[2].data();
  for (size_t j = 0; j <= std::min(b.size(), bound); ++j) row[j] = static_cast<uint8_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t first = i >= bound ? i - bound + 1 : 1, last = std::min(b.size(), i + bound - 1);
    next[first - 1] = static_cast<uint8_t>(first == 1 ? std::min(i, bound) : bound);
    size_t least = next[first - 1];
    for (size_t j = first; j <= last; ++j) {
      size_t cell = std::min<size_t>(
          {row[j] + 1u, next[j - 1] + 1u, row[j - 1] + (a[i - 1] != b[j - 1] ? 1u : 0u), bound});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cell = std::min<size_t>(cell, before[j - 2] + 1u);
      next[j] = static_cast<uint8_t>(cell);
      least = std::min(least, cell);
    }
    if (last < b.size()) next[last + 1] = static_cast<uint8_t>(bound);
    if (least >= bound && i > 1) return bound;
    before = std::exchange(row, std::exchange(next, before));
  }
  return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view written, const std::vector<std::string>& candidates) {
  if (written.size() > longest) return {};
  size_t best = std::clamp<size_t>(written.size() / 3, 1, farthest) + 1;
  std::string_view found;
  size_t count = std::min(candidates.size(), most_candidates);
  for (size_t i = 0; i < count; ++i) {
    const std::string& candidate = candidates[i];
    if (candidate.size() > longest || candidate == written) continue;
    if (same_ignoring_case(candidate, written)) return candidate;
    size_t distance = edit_distance(written, candidate, best);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return std::string(found);
}

}  // namespace aipol::diagnostics
