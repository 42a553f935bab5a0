#include "replay/lane.h"

#include <algorithm>

namespace aipol::replay {

void Lane::decide_first(Worker& worker) {
  decided_ = std::max(decided_, waiting_.front().time);
  std::unique_ptr<Record> record = std::move(waiting_.front().record);
  waiting_.pop_front();
  pair_->decide(*record, worker.tally());
  worker.keep(std::move(record));
}

void Lane::push(std::unique_ptr<Record> record, Worker& worker) {
  // One without a time stands where it was read.
  bool timed = record->given.has(Field::request_time);
  int64_t time = timed ? record->call.call.request.time_ns : latest_;
  if (record->recorded.decided != 0) time = record->recorded.decided;
  latest_ = std::max(latest_, time);
  if (time < decided_) worker.tally().add_late();
  auto place = waiting_.end();
  while (place != waiting_.begin() && std::prev(place)->time > time) --place;
  waiting_.insert(place, Waiting{time, std::move(record)});
  while (waiting_.size() > window_) decide_first(worker);
}

void Lane::finish(Worker& worker) {
  while (!waiting_.empty()) decide_first(worker);
  pair_->finish(worker.tally());
}

}  // namespace aipol::replay
