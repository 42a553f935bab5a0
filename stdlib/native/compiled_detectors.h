// What detectors are once they are compiled; private to detect.cpp and detect_stream.cpp.
#pragma once

#include "stdlib/native/detect.h"

namespace aipol::native {

using Found = Patterns::Found;

struct Detectors::Compiled {
  // What the passes over a text have shown.
  struct Seen {
    uint64_t by = 0;  // the detectors' id
    std::string text;
    bool patterns_swept = false, phrases_swept = false;
    std::vector<Found> patterns;
    std::vector<Phrases::Hit> phrases;
  };
  struct Detector {
    std::vector<uint32_t> patterns;
    bool has_phrases = false;
    double weight = 1;
  };

  uint64_t id = 0;
  Patterns patterns;
  Phrases phrases;
  std::vector<uint32_t> detector_of_phrase;
  std::vector<Detector> detectors;

  Seen& seen(std::string_view text) const;
  const std::vector<Found>& swept_patterns(Seen& seen) const;
  const std::vector<Phrases::Hit>& swept_phrases(Seen& seen) const;
  bool hit(Seen& seen, uint32_t detector) const;
  void find(Seen& seen, uint32_t detector, std::vector<Span>& spans) const;
};

}  // namespace aipol::native
