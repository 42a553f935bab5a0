#include "runtime/enforce/redaction.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/keyed_hash.h"
#include "base/saturate.h"

namespace aipol::enforce {

namespace {

using Find = Redaction::Find;

// Whose replacement is taken where finds overlap: the smaller.
auto precedence(const Find& find) {
  return std::tuple(saturating_subtract(0, find.rule->priority), find.begin,
                    -static_cast<int64_t>(find.end - find.begin),
                    std::string_view(find.rule->policy));
}

std::string masked(std::string_view text) {
  auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return std::string(static_cast<size_t>(std::ranges::count_if(text, begins)), '*');
}

}  // namespace

Redaction::Redaction(const native::Detectors& detectors, const plan::Plan& plan,
                     std::vector<RedactionRule> rules, const std::array<uint64_t, 2>& secret)
    : detectors_(detectors), plan_(plan), rules_(std::move(rules)), secret_(secret) {}

std::vector<Find> Redaction::finds(std::string_view text) const {
  std::vector<Find> all;
  for (const RedactionRule& rule : rules_) {
    for (const native::Detectors::Span& span : detectors_.spans(text, rule.detectors)) {
      if (span.end > span.begin) all.push_back({span.begin, span.end, span.detector, &rule});
    }
  }
  std::ranges::sort(all, {}, &Find::begin);
  std::vector<Find> merged;
  const Find* chosen = nullptr;  // of those that overlap in merged.back()
  for (const Find& find : all) {
    if (merged.empty() || find.begin >= merged.back().end) {
      merged.push_back(find);
      chosen = &find;
      continue;
    }
    Find& whole = merged.back();
    whole.end = std::max(whole.end, find.end);
    if (precedence(find) >= precedence(*chosen)) continue;
    chosen = &find;
    whole.detector = find.detector;
    whole.rule = find.rule;
  }
  return merged;
}

std::string Redaction::replacement(const Find& find, std::string_view text,
                                   Placeholders& placeholders) const {
  std::string_view found = text.substr(find.begin, find.end - find.begin);
  const std::string& detector = plan_.detectors[find.detector].name;
  switch (find.rule->way) {
    case RedactionRule::Way::mask:
      return masked(found);
    case RedactionRule::Way::hash: {
      constexpr uint64_t twelve_digits = 0xFFFF'FFFF'FFFF;
      return fmt::format("[{}:{:012x}]", detector, KeyedHash(secret_)(found) & twelve_digits);
    }
    case RedactionRule::Way::placeholder:
      return placeholders.stand_in(detector, found);
    default:
      return find.rule->replacement;
  }
}

std::string Redaction::apply(std::string_view text, Placeholders& placeholders) const {
  std::string out;
  size_t done = 0;
  for (const Find& find : finds(text)) {
    out += text.substr(done, find.begin - done);
    out += replacement(find, text, placeholders);
    done = find.end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace aipol::enforce
