#include "runtime/enforce/redacting_stream.h"

#include <algorithm>

namespace aipol::enforce {

RedactingStream::RedactingStream(const Redaction& redaction, Placeholders& placeholders)
    : redaction_(redaction),
      placeholders_(placeholders),
      stream_(redaction.detectors(), redaction.asked()) {}

void RedactingStream::add_finds() {
  for (const native::Detectors::Span& span : stream_.take_finds()) redaction_.add(span, finds_);
  std::ranges::sort(finds_, {}, &Redaction::Find::begin);
}

std::string RedactingStream::push(std::string_view piece, bool last, size_t until) {
  stream_.push(piece, last);
  add_finds();
  const size_t decided = std::min(until, last ? stream_.size() : stream_.decided());
  std::string out;
  while (!finds_.empty() && finds_.front().begin < decided) {
    size_t taken = 0;
    const Redaction::Find whole = redaction_.merge(finds_, taken);
    if (whole.end > decided) break;  // what is not decided yet may overlap it
    out += stream_.text(done_, whole.begin);
    out += redaction_.replacement(whole, stream_.text(whole.begin, whole.end), placeholders_);
    done_ = whole.end;
    finds_.erase(finds_.begin(), finds_.begin() + static_cast<ptrdiff_t>(taken));
  }
  const size_t plain = finds_.empty() ? decided : std::min(decided, finds_.front().begin);
  if (plain > done_) {
    out += stream_.text(done_, plain);
    done_ = plain;
  }
  stream_.forget(done_);
  return out;
}

std::string RestoringStream::push(std::string_view piece, bool last) {
  held_ += piece;
  size_t keep = held_.size();
  // The last `<` whose placeholder has not ended could still become one.
  if (!last && placeholders_.longest() > 0) {
    size_t reach = std::min(held_.size(), placeholders_.longest() - 1);
    size_t at = held_.find('<', held_.size() - reach);
    while (at != held_.npos && held_.find('>', at) != held_.npos) at = held_.find('<', at + 1);
    keep = std::min(at, held_.size());
  }
  std::string out = placeholders_.restore(std::string_view(held_).substr(0, keep));
  held_.erase(0, keep);
  return out;
}

}  // namespace aipol::enforce
