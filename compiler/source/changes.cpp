#include "compiler/source/changes.h"

#include <algorithm>

namespace aipol::source {

namespace {

class Comparison {
 public:
  Comparison(std::string_view before, std::span<const uint32_t> ends, std::string_view after)
      : before_(before), ends_(ends), after_(after), last_(ends.size()), end_(after.size()) {}

  std::vector<Change> run() {
    take_same();
    take_same_from_the_end();
    while (next_ < last_ || at_ < end_) {
      take_change();
      take_same();
    }
    return std::move(out_);
  }

 private:
  // Searches for a piece go through the text; with more of them a compilation of all is as quick.
  static constexpr size_t most_searches = 200;

  std::string_view piece(size_t number) const {
    size_t begin = number == 0 ? 0 : ends_[number - 1];
    return before_.substr(begin, ends_[number] - begin);
  }
  std::string_view rest() const { return after_.substr(at_, end_ - at_); }

  void take_same() {
    while (next_ < last_ && rest().starts_with(piece(next_))) at_ += piece(next_++).size();
  }

  void take_same_from_the_end() {
    std::string_view tail = before_.substr(ends_.empty() ? 0 : ends_.back());
    if (!rest().ends_with(tail)) return;
    end_ -= tail.size();
    while (next_ < last_ && rest().ends_with(piece(last_ - 1))) end_ -= piece(--last_).size();
  }

  // Up to the next piece that is found again.
  void take_change() {
    for (size_t again = next_; again < last_ && searches_ < most_searches; ++again, ++searches_) {
      size_t found = rest().find(piece(again));
      if (found == std::string_view::npos) continue;
      add(again, at_ + found);
      return;
    }
    add(last_, end_);
  }

  void add(size_t next, size_t at) {
    out_.push_back({next_, next - next_, static_cast<uint32_t>(at_), static_cast<uint32_t>(at)});
    next_ = next;
    at_ = at;
  }

  std::string_view before_;
  std::span<const uint32_t> ends_;
  std::string_view after_;
  size_t next_ = 0, last_;  // pieces between what is the same at the begin and at the end
  size_t at_ = 0, end_;     // the same of the new text
  size_t searches_ = 0;
  std::vector<Change> out_;
};

}  // namespace

std::vector<Change> changes(std::string_view before, std::span<const uint32_t> ends,
                            std::string_view after) {
  return Comparison(before, ends, after).run();
}

}  // namespace aipol::source
