#include "stdlib/native/detect.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <tuple>

#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/compiled_detectors.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

constexpr size_t longest_kept = 1 << 20;  // of a text that is no longer asked of

Error in_detector(const DetectorRules& rules, std::string_view what, std::string_view message) {
  return {fmt::format("detector `{}`: `{}`: {}", rules.name, what, message)};
}

}  // namespace

// Several functions ask of the same text, one after the other: a thread remembers the last one.
Detectors::Compiled::Seen& Detectors::Compiled::seen(std::string_view text) const {
  thread_local Seen last;
  if (last.by == id && last.text == text) return last;
  if (last.text.capacity() > longest_kept) last = {};
  last.by = id;
  last.text = text;
  last.patterns_swept = last.phrases_swept = false;
  return last;
}

const std::vector<Found>& Detectors::Compiled::swept_patterns(Seen& seen) const {
  if (!std::exchange(seen.patterns_swept, true)) patterns.sweep(seen.text, seen.patterns);
  return seen.patterns;
}

const std::vector<Phrases::Hit>& Detectors::Compiled::swept_phrases(Seen& seen) const {
  if (!std::exchange(seen.phrases_swept, true)) {
    seen.phrases.clear();
    phrases.find(seen.text, seen.phrases);
  }
  return seen.phrases;
}

bool Detectors::Compiled::hit(Seen& seen, uint32_t number) const {
  const Detector& detector = detectors[number];
  auto is_own = [&](const Phrases::Hit& hit) { return detector_of_phrase[hit.phrase] == number; };
  if (detector.has_phrases && std::ranges::any_of(swept_phrases(seen), is_own)) return true;
  if (detector.patterns.empty()) return false;
  const std::vector<Found>& found = swept_patterns(seen);
  return std::ranges::any_of(detector.patterns, [&](uint32_t pattern) {
    bool any = found[pattern] == Found::yes;
    if (found[pattern] == Found::maybe) {
      patterns.each(pattern, seen.text, [&](size_t, size_t) {
        any = true;
        return false;
      });
    }
    return any;
  });
}

void Detectors::Compiled::find(Seen& seen, uint32_t number, std::vector<Span>& spans) const {
  const Detector& detector = detectors[number];
  if (detector.has_phrases) {
    for (const Phrases::Hit& hit : swept_phrases(seen))
      if (detector_of_phrase[hit.phrase] == number) spans.push_back({number, hit.begin, hit.end});
  }
  if (detector.patterns.empty()) return;
  const std::vector<Found>& found = swept_patterns(seen);
  for (uint32_t pattern : detector.patterns) {
    if (found[pattern] == Found::no) continue;
    patterns.each(pattern, seen.text, [&](size_t begin, size_t end) {
      spans.push_back({number, begin, end});
      return true;
    });
  }
}

Detectors::Detectors(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Detectors::Detectors(Detectors&&) noexcept = default;
Detectors& Detectors::operator=(Detectors&&) noexcept = default;
Detectors::~Detectors() = default;

Result<Detectors> Detectors::compile(std::span<const DetectorRules> all) {
  static std::atomic<uint64_t> ids = 0;
  auto compiled = std::make_unique<Compiled>();
  compiled->id = ++ids;
  std::vector<std::string> phrases;
  for (const DetectorRules& rules : all) {
    Compiled::Detector detector{{}, !rules.phrases.empty(), rules.weight};
    for (const std::string& pattern : rules.patterns) {
      auto number = compiled->patterns.add(pattern, rules.verify);
      if (!number) return std::unexpected(in_detector(rules, pattern, number.error().message));
      detector.patterns.push_back(*number);
    }
    for (const std::string& phrase : rules.phrases) {
      if (!Phrases::findable(phrase))
        return std::unexpected(in_detector(rules, phrase, "has neither letters nor digits"));
      phrases.push_back(phrase);
      compiled->detector_of_phrase.push_back(static_cast<uint32_t>(compiled->detectors.size()));
    }
    compiled->detectors.push_back(std::move(detector));
  }
  compiled->patterns.finish();
  compiled->phrases = Phrases(phrases);
  return Detectors(std::move(compiled));
}

bool Detectors::hit(std::string_view text, Numbers detectors) const {
  Compiled::Seen& seen = compiled_->seen(text);
  return std::ranges::any_of(detectors,
                             [&](uint32_t number) { return compiled_->hit(seen, number); });
}

int64_t Detectors::count(std::string_view text, Numbers detectors) const {
  int64_t places = 0;
  size_t end = 0;
  for (const Span& span : spans(text, detectors)) {
    if (places == 0 || span.begin >= end) ++places;
    end = std::max(end, span.end);
  }
  return places;
}

double Detectors::score(std::string_view text, Numbers detectors) const {
  Compiled::Seen& seen = compiled_->seen(text);
  double sum = 0;
  for (uint32_t number : detectors) {
    if (compiled_->hit(seen, number)) sum += compiled_->detectors[number].weight;
  }
  return std::min(sum, 1.0);
}

std::vector<Detectors::Span> Detectors::spans(std::string_view text, Numbers detectors) const {
  Compiled::Seen& seen = compiled_->seen(text);
  std::vector<Span> spans;
  for (uint32_t number : detectors) compiled_->find(seen, number, spans);
  std::ranges::sort(
      spans, {}, [](const Span& span) { return std::tuple(span.begin, ~span.end, span.detector); });
  const auto doubled = std::ranges::unique(spans);
  spans.erase(doubled.begin(), doubled.end());
  return spans;
}

// detect.*: handle of the detectors, text, numbers. Where there are no detectors, nothing is found.

namespace {

struct Asked {
  const Detectors& detectors;
  std::string_view text;
  Detectors::Numbers numbers;
};

Asked asked(const AipolCell* arguments, AipolScratch* scratch) {
  const auto list = list_of(arguments[2]);
  auto* numbers = reinterpret_cast<uint32_t*>(scratch->allocate(list.size() * sizeof(uint32_t)));
  std::ranges::transform(list, numbers,
                         [](const AipolCell& cell) { return static_cast<uint32_t>(cell.a); });
  const auto* detectors = reinterpret_cast<const Detectors*>(arguments[0].a);
  static const Detectors none = *Detectors::compile({});
  if (detectors == nullptr) return {none, {}, {}};
  return {*detectors, text_of(arguments[1]), {numbers, list.size()}};
}

}  // namespace

void detect_hit(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  const Asked question = asked(arguments, scratch);
  *result = cell_of(question.detectors.hit(question.text, question.numbers));
}

void detect_count(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  const Asked question = asked(arguments, scratch);
  *result = cell_of(question.detectors.count(question.text, question.numbers));
}

void detect_score(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  const Asked question = asked(arguments, scratch);
  *result = cell_of(question.detectors.score(question.text, question.numbers));
}

}  // namespace aipol::native
