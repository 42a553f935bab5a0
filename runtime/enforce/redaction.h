// Replaces what detectors find in texts.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "runtime/enforce/placeholders.h"
#include "stdlib/native/detect.h"

namespace aipol::enforce {

inline constexpr std::string_view redacted_by_default = "[REDACTED]";

struct RedactionRule {
  enum class Way : uint8_t {
    text,         // `replacement`
    mask,         // a `*` for each character
    hash,         // "[pii.email:0123456789ab]": the same for the same text, under the secret
    placeholder,  // restored in the answer
  } way = Way::text;
  std::vector<uint32_t> detectors;  // ascending
  std::string replacement = std::string(redacted_by_default);
  int64_t priority = 0;
  std::string policy;
};

class Redaction {
 public:
  // Detectors and plan must outlive it.
  Redaction(const native::Detectors& detectors, const plan::Plan& plan,
            std::vector<RedactionRule> rules, const std::array<uint64_t, 2>& secret);

  bool empty() const { return rules_.empty(); }
  // The same with one rule more.
  Redaction with(RedactionRule rule) const;

  // Finds that overlap are one; it is replaced as the rule says that has the highest priority, then
  // begins leftmost, then is longest, then has the smallest policy name.
  std::string apply(std::string_view text, Placeholders& placeholders) const;

  struct Find {
    size_t begin = 0, end = 0;
    uint32_t detector = 0;  // of the rule whose replacement is taken
    const RedactionRule* rule = nullptr;
  };
  // What is to be replaced, by where it begins; none overlap.
  std::vector<Find> finds(std::string_view text) const;
  // `found` is the text of the find.
  std::string replacement(const Find& find, std::string_view found,
                          Placeholders& placeholders) const;

  // For streams, which do the same step by step: the detectors that are asked, ascending; a find of
  // one for each rule that has it; the first of the finds, which are sorted by where they begin,
  // joined with those that overlap, of which `taken` were taken.
  const native::Detectors& detectors() const { return detectors_; }
  const std::vector<uint32_t>& asked() const { return asked_; }
  void add(const native::Detectors::Span& span, std::vector<Find>& finds) const;
  Find merge(std::span<const Find> finds, size_t& taken) const;

 private:
  const native::Detectors& detectors_;
  const plan::Plan& plan_;
  std::vector<RedactionRule> rules_;
  std::vector<uint32_t> asked_;
  std::array<uint64_t, 2> secret_;
};

}  // namespace aipol::enforce
