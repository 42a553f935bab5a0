#include "runtime/enforce/redaction.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/keyed_hash.h"
#include "base/saturate.h"
#include "base/utf8.h"

namespace aipol::enforce {

namespace {

using Find = Redaction::Find;

// Whose replacement is taken where finds overlap: the smaller. Rules of one policy go by their
// order.
auto precedence(const Find& find) {
  return std::tuple(saturating_subtract(0, find.rule->priority), find.begin,
                    -static_cast<int64_t>(find.end - find.begin),
                    std::string_view(find.rule->policy), find.rule, find.detector);
}

std::string masked(std::string_view text) {
  return std::string(characters_in(text), '*');
}

}  // namespace

Redaction::Redaction(const native::Detectors& detectors, const plan::Plan& plan,
                     std::vector<RedactionRule> rules, const std::array<uint64_t, 2>& secret)
    : detectors_(detectors), plan_(plan), rules_(std::move(rules)), secret_(secret) {
  for (const RedactionRule& rule : rules_)
    asked_.insert(asked_.end(), rule.detectors.begin(), rule.detectors.end());
  std::ranges::sort(asked_);
  auto repeated = std::ranges::unique(asked_);
  asked_.erase(repeated.begin(), repeated.end());
}

Redaction Redaction::with(RedactionRule rule) const {
  std::vector<RedactionRule> rules = rules_;
  rules.push_back(std::move(rule));
  return Redaction(detectors_, plan_, std::move(rules), secret_);
}

void Redaction::add(const native::Detectors::Span& span, std::vector<Find>& finds) const {
  if (span.end <= span.begin) return;
  for (const RedactionRule& rule : rules_) {
    if (std::ranges::binary_search(rule.detectors, span.detector))
      finds.push_back({span.begin, span.end, span.detector, &rule});
  }
}

Find Redaction::merge(std::span<const Find> finds, size_t& taken) const {
  Find whole = finds[0];
  const Find* chosen = finds.data();
  for (taken = 1; taken < finds.size() && finds[taken].begin < whole.end; ++taken) {
    const Find& find = finds[taken];
    whole.end = std::max(whole.end, find.end);
    if (precedence(find) < precedence(*chosen)) chosen = &find;
  }
  whole.detector = chosen->detector;
  whole.rule = chosen->rule;
  return whole;
}

std::vector<Find> Redaction::finds(std::string_view text) const {
  std::vector<Find> all, merged;
  for (const native::Detectors::Span& span : detectors_.spans(text, asked_)) add(span, all);
  std::ranges::sort(all, {}, &Find::begin);
  size_t taken = 0;
  for (std::span<const Find> rest = all; !rest.empty(); rest = rest.subspan(taken))
    merged.push_back(merge(rest, taken));
  return merged;
}

std::string Redaction::replacement(const Find& find, std::string_view found,
                                   Placeholders& placeholders) const {
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
    out += replacement(find, text.substr(find.begin, find.end - find.begin), placeholders);
    done = find.end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace aipol::enforce
