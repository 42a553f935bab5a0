// Redacts a text that comes in pieces: what goes out, put together, is the redacted whole, whatever
// the pieces; held back is only what could be part of a find that is not complete.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/enforce/redaction.h"

namespace aipol::enforce {

class RedactingStream {
 public:
  // Both must outlive the stream.
  RedactingStream(const Redaction& redaction, Placeholders& placeholders);

  // What can be passed on now; `last`: no more comes, and all of it is. Nothing from `until` on is.
  std::string push(std::string_view piece, bool last, size_t until = ~size_t{0});
  // Bytes of what came of which it is known how they are passed on.
  size_t decided() const { return stream_.decided(); }
  // Bytes that came and were not passed on, those aside that are to be redacted for certain.
  size_t held() const { return stream_.size() - done_; }

 private:
  void add_finds();

  const Redaction& redaction_;
  Placeholders& placeholders_;
  native::DetectorStream stream_;
  std::vector<Redaction::Find> finds_;  // not passed yet, by where they begin
  size_t done_ = 0;                     // bytes that were passed on
};

// Puts back what placeholders stand for, in a text that comes in pieces.
class RestoringStream {
 public:
  explicit RestoringStream(const Placeholders& placeholders) : placeholders_(placeholders) {}
  std::string push(std::string_view piece, bool last);

 private:
  const Placeholders& placeholders_;
  std::string held_;  // that could begin a placeholder
};

}  // namespace aipol::enforce
