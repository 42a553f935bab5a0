// Detectors: what they look for in a text. Matched by stdlib/native/detect.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::plan {

enum class Verify : uint8_t { none, luhn, iban, mod97, ssn };
inline constexpr std::string_view verify_names[] = {"none", "luhn", "iban", "mod97", "ssn"};

struct Detector {
  std::string name;                   // with the last segment of its package: "pii.email"
  std::vector<std::string> patterns;  // RE2
  Verify verify = Verify::none;       // what a pattern's match must pass
  std::vector<std::string>
      phrases;  // as written; compared without case, spacing, zero-width and look-alike letters
  double weight = 1;     // of a hit, in scores
  uint32_t longest = 0;  // bytes a match can have at most; 0: no bound is known
  bool operator==(const Detector&) const = default;
};

}  // namespace aipol::plan
