#include "replay/lane.h"

#include <algorithm>

namespace aipol::replay {

void Lane::decide_first(Tally& tally) {
  decided_ = std::max(decided_, waiting_.front().time);
  pair_->decide(*waiting_.front().record, tally);
  waiting_.pop_front();
}

void Lane::push(std::unique_ptr<Record> record, Tally& tally) {
  // One without a time stands where it was read.
  bool timed = record->given.has(Field::request_time);
  int64_t time = timed ? record->call.call.request.time_ns : latest_;
  if (record->recorded.decided != 0) time = record->recorded.decided;
  latest_ = std::max(latest_, time);
  if (time < decided_) tally.add_late();
  auto place = waiting_.end();
  while (place != waiting_.begin() && std::prev(place)->time > time) --place;
  waiting_.insert(place, Waiting{time, std::move(record)});
  while (waiting_.size() > window_) decide_first(tally);
}

void Lane::finish(Tally& tally) {
  while (!waiting_.empty()) decide_first(tally);
  pair_->finish(tally);
}

}  // namespace aipol::replay
