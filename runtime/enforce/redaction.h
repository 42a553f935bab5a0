// Replaces what detectors find in texts.
#pragma once

#include <array>
#include <cstdint>
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
  std::string replacement(const Find& find, std::string_view text,
                          Placeholders& placeholders) const;

 private:
  const native::Detectors& detectors_;
  const plan::Plan& plan_;
  std::vector<RedactionRule> rules_;
  std::array<uint64_t, 2> secret_;
};

}  // namespace aipol::enforce
