#include "runtime/dialects/event_stream.h"

#include <algorithm>

namespace aipol::dialects {

namespace {

// Behind the line that begins at `at`, its end included; npos where the end is not here yet. A
// carriage return at the end of what is here may be half of a line's end.
size_t line_end(std::string_view text, size_t at) {
  size_t end = text.find_first_of("\r\n", at);
  if (end == text.npos) return text.npos;
  if (text[end] == '\n') return end + 1;
  if (end + 1 == text.size()) return text.npos;
  return text[end + 1] == '\n' ? end + 2 : end + 1;
}

bool is_empty_line(std::string_view line) { return line[0] == '\r' || line[0] == '\n'; }

// The value of a data line without the blank before it, or nothing.
std::optional<std::string_view> data_of(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line == "data") return std::string_view();
  if (!line.starts_with("data:")) return std::nullopt;
  line.remove_prefix(5);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

}  // namespace

std::optional<EventStream::Event> EventStream::next() {
  if (taken_ > 0 && taken_ >= waiting_.size() / 2) {
    waiting_.erase(0, taken_);
    looked_ -= std::min(looked_, taken_);
    searched_ -= std::min(searched_, taken_);
    taken_ = 0;
  }
  std::string_view text = waiting_;
  size_t at = std::max(looked_, taken_);
  for (;;) {
    size_t end = line_end(text, std::max(at, searched_));
    if (end == text.npos) {
      looked_ = at;
      searched_ = text.size() - std::min<size_t>(text.size(), 1);  // it may be half of an end
      return std::nullopt;
    }
    bool empty = is_empty_line(text.substr(at, end - at));
    at = end;
    if (empty) break;
  }
  Event event{text.substr(taken_, at - taken_), {}};
  size_t lines = 0;
  for (size_t line = taken_; line < at;) {
    size_t end = line_end(text, line);
    if (auto data = data_of(text.substr(line, end - line))) {
      if (lines == 1) joined_ = event.data;
      if (lines++ == 0) {
        event.data = *data;
      } else {
        joined_.append("\n").append(*data);
      }
    }
    line = end;
  }
  if (lines > 1) event.data = joined_;
  taken_ = looked_ = at;
  return event;
}

}  // namespace aipol::dialects
