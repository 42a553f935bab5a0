#include <algorithm>

#include "compiler/check/statement.h"

namespace aipol::check {

namespace {

using plan::Phase;

struct Surface {
  std::string_view name;
  Phase latest;
  std::string_view why;
};
constexpr Surface surfaces[] = {{"request", Phase::body, "the request has been forwarded"},
                                {"response", Phase::output, "the answer has been given"},
                                {"logs", Phase::end, ""}};

void surface(StatementCheck& check, const Surface& surface) {
  check.out.arguments.push_back({std::string(surface.name), {}});
  if (surface.latest < check.latest) check.must_be_in(surface.latest, surface.why);
}

void listed_surfaces(StatementCheck& check) {
  ast::ExpressionPtr given = check.slots.value("surfaces");
  const auto* list = std::get_if<ast::List>(&given->node);
  std::vector<ast::ExpressionPtr> items{given};
  if (list != nullptr) items = list->items;
  for (ast::ExpressionPtr item : items) {
    std::string_view name = check.checker.text(item->span);
    auto found = std::ranges::find(surfaces, name, &Surface::name);
    if (found != std::end(surfaces)) {
      surface(check, *found);
      continue;
    }
    check.checker
        .report(item->span, diagnostics::syntax_error, "`request`, `response` or `logs`",
                "`" + std::string(name) + "`")
        .suggest(name, {"request", "response", "logs"});
    check.failed = true;
  }
}

// A match could be split over pieces of a stream: how much to hold back must be known.
void bounded(StatementCheck& check, ast::ExpressionPtr given,
             const std::vector<int64_t>& detectors) {
  for (int64_t number : detectors) {
    const plan::Detector& detector = check.checker.set.detectors[static_cast<size_t>(number)];
    if (detector.longest > 0 || detector.patterns.empty()) continue;
    check.checker
        .report(check.checker.detector_spans[static_cast<size_t>(number)],
                diagnostics::unbounded_detector, detector.name)
        .label(given->span, "it redacts here")
        .help("give repetitions a bound: `{{1,64}}` instead of `+` or `*`");
    check.failed = true;
  }
}

}  // namespace

void check_detectors_of(StatementCheck& check, std::string_view slot, bool redacts) {
  const std::vector<ast::ExpressionPtr>& given = check.slots.values(slot);
  if (given.empty()) return;
  std::vector<int64_t> all;
  bool good = true;
  for (ast::ExpressionPtr one : given) {
    std::optional<std::vector<int64_t>> detectors = check.expressions.detectors(one);
    good = good && detectors.has_value();
    if (!detectors) continue;
    if (redacts) bounded(check, one, *detectors);
    all.insert(all.end(), detectors->begin(), detectors->end());
  }
  check.failed = check.failed || !good;
  if (!good) return;
  std::ranges::sort(all);
  auto repeated = std::ranges::unique(all);
  all.erase(repeated.begin(), repeated.end());
  check.numbers(std::string(slot), all, given.front()->span.to(given.back()->span));
}

void check_redact(StatementCheck& check) {
  if (check.slots.value("surfaces") != nullptr) {
    listed_surfaces(check);
  } else {
    for (const Surface& one : surfaces) {
      if (check.slots.has(one.name)) surface(check, one);
    }
  }
  check_detectors_of(check, "detectors", true);
  for (std::string_view way : {"mask", "hash", "placeholder"}) check.word(way);
  check.constant("replacement", check.checker.simple(Kind::string), "the replacement");
}

}  // namespace aipol::check
