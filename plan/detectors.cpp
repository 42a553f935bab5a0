#include "plan/detectors.h"

#include <vector>

namespace aipol::plan {

namespace {

constexpr native::Verify verify_of(Verify verify) {
  switch (verify) {
    case Verify::none:
      return native::Verify::none;
    case Verify::luhn:
      return native::Verify::luhn;
    case Verify::iban:
      return native::Verify::iban;
    case Verify::mod97:
      return native::Verify::mod97;
    case Verify::ssn:
      return native::Verify::ssn;
  }
  return native::Verify::none;
}

}  // namespace

Result<native::Detectors> compiled(std::span<const Detector> detectors) {
  std::vector<native::DetectorRules> rules;
  for (const Detector& one : detectors)
    rules.push_back({one.name, one.patterns, verify_of(one.verify), one.phrases, one.weight});
  return native::Detectors::compile(rules);
}

}  // namespace aipol::plan
