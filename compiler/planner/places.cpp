#include "compiler/planner/places.h"

#include <algorithm>

namespace aipol::planner {

plan::Place place_of(const source::Files& files, source::Span span) {
  const source::File& file = files[span.file];
  source::LineColumn begin = file.locate(span.begin), end = file.locate(span.end);
  return {file.path(), begin.line, begin.column, end.line, end.column};
}

uint32_t MovedLines::now(uint32_t line) const {
  auto after = std::ranges::upper_bound(moves, line, {}, &From::line);
  if (after == moves.begin()) return line;
  return static_cast<uint32_t>(line + std::prev(after)->by);
}

namespace {

class Move {
 public:
  explicit Move(std::span<const MovedLines> moved) : moved_(moved) {}

  void operator()(plan::Place& place) {
    if (lines_ == nullptr || lines_->file != place.file) {
      auto found = std::ranges::find(moved_, place.file, &MovedLines::file);
      if (found == moved_.end()) return;
      lines_ = &*found;
    }
    place.line = lines_->now(place.line);
    place.end_line = lines_->now(place.end_line);
  }

 private:
  std::span<const MovedLines> moved_;
  const MovedLines* lines_ = nullptr;  // of the file that was asked about last
};

}  // namespace

void move_places(plan::Plan& plan, std::span<const MovedLines> moved) {
  if (moved.empty()) return;
  Move move(moved);
  for (plan::Policy& policy : plan.policies) move(policy.place);
  for (plan::Statement& statement : plan.statements) {
    move(statement.place);
    for (plan::Condition& condition : statement.conditions) move(condition.place);
  }
}

}  // namespace aipol::planner
