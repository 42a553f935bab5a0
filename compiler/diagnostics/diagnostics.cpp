#include "compiler/diagnostics/diagnostics.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace aipol::diagnostics {

namespace {

// Characters put in, left out, replaced, or swapped with the next one.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before = std::exchange(row, next);
  }
  return row.back();
}

}  // namespace

std::string nearest(std::string_view written, const std::vector<std::string>& candidates) {
  constexpr size_t longest = 64;  // longer names are not worth a quadratic comparison
  if (written.size() > longest) return {};
  size_t best = std::max<size_t>(1, written.size() / 3) + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest || candidate == written) continue;
    if (lower_ascii(candidate) == lower_ascii(written)) return candidate;
    size_t distance = edit_distance(written, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found;
}

Diagnostic& Diagnostic::suggest(std::string_view written,
                                const std::vector<std::string>& candidates) {
  std::string name = nearest(written, candidates);
  return name.empty() ? *this : help("did you mean `{}`?", name);
}

Diagnostic& Diagnostics::add(Span span, std::string_view code, Severity severity,
                             std::string message) {
  // What is put in at several places (a constant, a row of a table) is told once.
  bool told = std::ranges::any_of(kept_, [&](const Diagnostic& d) {
    return d.span == span && d.code == code && d.message == message;
  });
  if (told) return spare_ = {};
  (severity == Severity::error ? errors_ : warnings_) += 1;
  if (kept_.size() >= most) {
    ++dropped_;
    return spare_ = {};
  }
  kept_.reserve(most);  // so that references stay valid
  kept_.push_back({code, severity, std::move(message), span, {}, {}, {}, {}});
  return kept_.back();
}

void Diagnostics::sort_by_place() {
  std::ranges::stable_sort(
      kept_, {}, [](const Diagnostic& d) { return std::tuple(d.span.file, d.span.begin); });
}

}  // namespace aipol::diagnostics
