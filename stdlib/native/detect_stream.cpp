#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "stdlib/native/compiled_detectors.h"

namespace aipol::native {

namespace {

constexpr size_t longest_character = 4;

// Bytes at the end that begin a character and do not complete it.
size_t incomplete(std::string_view text) {
  for (size_t back = 1; back <= std::min(longest_character - 1, text.size()); ++back) {
    auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    size_t wanted = byte >= 0xF0 && byte < 0xF8 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    return byte < 0xF8 && wanted > back ? back : 0;
  }
  return 0;
}

}  // namespace

DetectorStream::DetectorStream(const Detectors& detectors, Detectors::Numbers numbers)
    : detectors_(detectors) {
  for (uint32_t number : numbers) {
    const auto& detector = detectors.compiled_->detectors[number];
    for (uint32_t pattern : detector.patterns) running_.push_back({number, pattern, {}});
    if (detector.has_phrases) with_phrases_.push_back(number);
  }
  std::ranges::sort(with_phrases_);
}

void DetectorStream::push(std::string_view piece, bool last) {
  std::string text = std::exchange(tail_, {});
  text += piece;
  size_t cut = last ? 0 : incomplete(text);
  tail_ = text.substr(text.size() - cut);
  text_ += std::string_view(text).substr(0, text.size() - cut);
  const size_t end = begin_ + text_.size();
  decided_ = end;
  for (Running& one : running_) {
    auto found = [&](size_t begin, size_t finish) {
      finds_.push_back({one.detector, begin_ + begin, begin_ + finish});
      return true;
    };
    // Without more text nothing is live: the finds are those of `each` from here on.
    detectors_.compiled_->patterns.resume(one.pattern, text_, last, one.scan, found);
    if (!last) decided_ = std::min(decided_, begin_ + one.scan.from);
  }
  if (!with_phrases_.empty()) find_phrases(last);
}

// Phrases are found wherever they stand, so nothing has to be resumed: those that are known already
// are left out.
void DetectorStream::find_phrases(bool last) {
  std::vector<Phrases::Hit> hits;
  size_t live = detectors_.compiled_->phrases.find_live(text_, hits);
  if (last) live = text_.size();
  for (const Phrases::Hit& hit : hits) {
    uint32_t detector = detectors_.compiled_->detector_of_phrase[hit.phrase];
    bool known = begin_ + hit.begin < phrases_decided_;
    bool open = hit.begin >= live && !last;
    if (known || open || !std::ranges::binary_search(with_phrases_, detector)) continue;
    finds_.push_back({detector, begin_ + hit.begin, begin_ + hit.end});
  }
  phrases_decided_ = begin_ + live;
  decided_ = std::min(decided_, phrases_decided_);
}

std::string_view DetectorStream::text(size_t begin, size_t end) const {
  return std::string_view(text_).substr(begin - begin_, end - begin);
}

void DetectorStream::forget(size_t before) {
  size_t keep = std::min(before, decided_);
  for (const Running& one : running_) keep = std::min(keep, begin_ + one.scan.from);
  // A character before what is looked at next says whether a word begins there.
  keep -= std::min(keep, longest_character);
  if (keep <= begin_) return;
  size_t drop = character_before(text_, keep - begin_);
  text_.erase(0, drop);
  begin_ += drop;
  for (Running& one : running_) one.scan.from -= drop;
}

}  // namespace aipol::native
