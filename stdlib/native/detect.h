// Detectors compiled: what they find in a text. All that are asked of one text are looked for in
// one pass over it; only what that pass finds is looked at again. Time is linear in the text,
// whatever it holds. Many threads may ask at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stdlib/native/verify.h"

namespace aipol::native {

struct DetectorRules {
  std::string name;                   // for errors
  std::vector<std::string> patterns;  // RE2; a group `(?P<find>…)` is what is found, what is around
                                      // it only has to be there
  Verify verify =
      Verify::none;  // what a pattern's match must pass, or a part of it that is a match too
  std::vector<std::string> phrases;  // phrases.h
  double weight = 1;
};

class Detectors {
 public:
  // Numbered from 0 in their order. An error names the detector and says what is wrong with it.
  static Result<Detectors> compile(std::span<const DetectorRules> rules);
  Detectors(Detectors&&) noexcept;
  Detectors& operator=(Detectors&&) noexcept;
  ~Detectors();

  using Numbers = std::span<const uint32_t>;  // of detectors, each once

  // Whether any of them finds anything.
  bool hit(std::string_view text, Numbers detectors) const;
  // How many places of the text they find; places that overlap are one.
  int64_t count(std::string_view text, Numbers detectors) const;
  // The weights of those that find anything, summed, at most 1.
  double score(std::string_view text, Numbers detectors) const;

  struct Span {
    uint32_t detector;
    size_t begin, end;  // bytes of the text
    bool operator==(const Span&) const = default;
  };
  // Every find, by where it begins, the longer before the shorter, then by detector. They may
  // overlap.
  std::vector<Span> spans(std::string_view text, Numbers detectors) const;

 private:
  struct Compiled;
  explicit Detectors(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace aipol::native
