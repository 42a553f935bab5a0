// Any bytes as a text: finds lie inside of it and in order, and what is asked in different ways
// agrees.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "stdlib/native/detect.h"

using aipol::native::Detectors;
using aipol::native::Verify;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

Detectors make() {
  auto detectors = Detectors::compile(std::vector<aipol::native::DetectorRules>{
      {"card", {R"(\b(?:\d[ -]?){13,19}\b)"}, Verify::luhn, {}, 0.25},
      {"iban",
       {R"(\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}\b)", R"(no (?P<find>\w{5,40})?)"},
       Verify::iban,
       {},
       0.25},
      {"any",
       {R"((?i)a[^b]{0,20}k)", "x*", R"(id: (?P<find>\S*))"},
       Verify::none,
       {"a", "is all", "ß 1"},
       0.25},
      {"phrases",
       {},
       Verify::none,
       {"ignore previous instructions", "ab", "b a", "lo", "日本", "0 1"},
       0.25}});
  require(detectors.has_value());
  return std::move(*detectors);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Detectors detectors = make();
  constexpr uint32_t all[] = {0, 1, 2, 3};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto spans = detectors.spans(text, all);
  double score = 0;
  for (const uint32_t number : all) {
    bool any = false;
    for (const auto& span : spans) any = any || span.detector == number;
    require(detectors.hit(text, {&number, 1}) == any);
    score += any ? 0.25 : 0;
  }
  require(detectors.score(text, all) == score);
  size_t before = 0;
  for (const auto& span : spans) {
    require(span.begin >= before && span.begin < span.end && span.end <= size);
    before = span.begin;
  }
  const int64_t count = detectors.count(text, all);
  require(count <= static_cast<int64_t>(spans.size()) && (count > 0) == !spans.empty());
  return 0;
}
