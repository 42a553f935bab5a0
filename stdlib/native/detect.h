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
#include <utility>
#include <vector>

#include "base/result.h"
#include "stdlib/native/patterns.h"
#include "stdlib/native/phrases.h"
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
  friend class DetectorStream;
  struct Compiled;
  explicit Detectors(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// The finds of some detectors in a text that comes in pieces: the same as in the whole text,
// whatever the pieces, each as soon as more text can not change it.
class DetectorStream {
 public:
  // The detectors must outlive the stream.
  DetectorStream(const Detectors& detectors, Detectors::Numbers numbers);

  // Adds a piece; `last`: no more comes. Places of the finds are bytes since the stream's
  // beginning.
  void push(std::string_view piece, bool last);
  std::vector<Detectors::Span> take_finds() { return std::exchange(finds_, {}); }
  // All finds that begin before it are known. No further behind the end of what came than the
  // longest match is long, and there only where a match could begin that is not complete.
  size_t decided() const { return decided_; }
  size_t size() const { return begin_ + text_.size() + tail_.size(); }

  // Text from `begin` to `end`, which must not have been forgotten.
  std::string_view text(size_t begin, size_t end) const;
  // What lies before is not asked for any more.
  void forget(size_t before);

 private:
  struct Running {
    uint32_t detector = 0;
    uint32_t pattern = 0;
    Patterns::Scan scan;
  };
  void find_phrases(bool last);

  const Detectors& detectors_;
  std::vector<Running> running_;
  std::vector<uint32_t> with_phrases_;  // detectors, ascending
  std::string text_;                    // whole characters
  std::string tail_;                    // of a character whose rest is to come
  size_t begin_ = 0;                    // of text_, since the stream's beginning
  size_t decided_ = 0;
  size_t phrases_decided_ = 0;
  std::vector<Detectors::Span> finds_;
};

}  // namespace aipol::native
