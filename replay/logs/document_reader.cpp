#include "replay/logs/document_reader.h"

#include <cstring>

#include <fmt/format.h>

namespace aipol::replay::logs {

namespace {

constexpr size_t buffer_bytes = 256 << 10;

using Got = DocumentReader::Got;
using Step = JsonOutline::Step;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r\n") == line.npos; }

}  // namespace

DocumentReader::DocumentReader(std::unique_ptr<Input> input, size_t longest)
    : input_(std::move(input)), longest_(longest), buffer_(buffer_bytes) {}

Result<bool> DocumentReader::fill() {
  if (begin_ < end_) return true;
  Result<size_t> got = input_->read(buffer_.data(), buffer_.size());
  if (!got) return std::unexpected(got.error());
  begin_ = 0, end_ = *got;
  return end_ > 0;
}

Result<Got> DocumentReader::next() {
  if (stale_) kept_.clear(), too_long_ = stale_ = false;
  if (ended_) return Got::end;
  return lines_ ? next_line() : next_value();
}

Got DocumentReader::document() {
  stale_ = true;
  if (too_long_) return unreadable(fmt::format("is longer than {} MiB", longest_ >> 20));
  text_ = kept_;
  return Got::document;
}

Got DocumentReader::unreadable(std::string reason) {
  stale_ = true;
  reason_ = std::move(reason);
  return Got::unreadable;
}

void DocumentReader::keep(char c) {
  if (kept_.size() < longest_)
    kept_ += c;
  else
    too_long_ = true;
}

// A line within the buffer is given as it lies there.
Result<Got> DocumentReader::next_line() {
  for (;;) {
    Result<bool> more = fill();
    if (!more) return std::unexpected(more.error());
    document_line_ = line_;
    const char* from = buffer_.data() + begin_;
    const void* found = *more ? std::memchr(from, '\n', end_ - begin_) : nullptr;
    size_t size = found == nullptr ? end_ - begin_
                                   : static_cast<size_t>(static_cast<const char*>(found) - from);
    std::string_view piece(from, *more ? size : 0);
    if (found != nullptr && kept_.empty() && !too_long_) {
      begin_ += size + 1, ++line_;
      if (is_blank(piece)) continue;
      text_ = piece;
      return Got::document;
    }
    if (kept_.size() + piece.size() > longest_)
      too_long_ = true;
    else
      kept_ += piece;
    begin_ += piece.size() + (found != nullptr ? 1 : 0);
    if (found == nullptr && *more) continue;
    ended_ = !*more;
    if (found != nullptr) ++line_;
    if (!too_long_ && is_blank(kept_)) {
      kept_.clear();
      if (ended_) return Got::end;
      continue;
    }
    return document();
  }
}

// A log of lines goes on behind the line; a document over many lines has no next one.
Result<Got> DocumentReader::broken(std::string_view reason) {
  if (value_line_ != 0 && value_line_ != line_) {
    ended_ = true;
    document_line_ = value_line_;
    return unreadable(fmt::format("{} (at line {}): nothing behind it is read", reason, line_));
  }
  document_line_ = line_;
  lines_ = true;
  for (;;) {
    Result<bool> more = fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    const void* found = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_);
    if (found != nullptr) {
      begin_ = static_cast<size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
      ++line_;
      break;
    }
    begin_ = end_;
  }
  return unreadable(std::string(reason));
}

Result<Got> DocumentReader::next_value() {
  for (;;) {
    Result<bool> more = fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) {
      ended_ = true;
      if (!outline_.within_value()) return Got::end;
      document_line_ = value_line_;
      return unreadable("is not closed: the log ends within it");
    }
    char c = buffer_[begin_];
    bool was_within = outline_.within_document(), outer = outline_.within_value();
    Step step = outline_.step(c);
    if (step == Step::broken) return broken(outline_.reason());
    if (!outer && outline_.within_value()) value_line_ = line_;
    // What was kept of a value turns out to stand around documents.
    if (was_within && !outline_.within_document() && step == Step::outside)
      kept_.clear(), too_long_ = false;
    if (!was_within && outline_.within_document()) document_line_ = line_;
    if (step == Step::ended_before) return document();
    ++begin_;
    bool ends_line = c == '\n';
    if (ends_line) ++line_;
    if (step == Step::inside || step == Step::last) keep(c);
    // The first value was a line: so are the others.
    if (first_ && ends_line && !outline_.within_value() && value_line_ != 0) {
      lines_ = value_line_ + 1 == line_;
      first_ = false;
    }
    if (step == Step::last) return document();
    if (lines_) return next_line();
  }
}

}  // namespace aipol::replay::logs
