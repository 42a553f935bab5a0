#include "runtime/audit/channel.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "runtime/audit/notices.h"

namespace aipol::audit {

namespace {

using Clock = std::chrono::steady_clock;

// What is gathered is not waited for once it is so much.
constexpr size_t full_batch = size_t{256} << 10;

}  // namespace

Channel::Channel(const plan::Sink& sink, std::unique_ptr<Writer> writer, const Options& options,
                 Milliseconds longest_retry)
    : most_bytes_(options.most_waiting_bytes),
      gathering_(options.gathering),
      trouble_(options.trouble),
      writer_(std::move(writer)),
      settings_(sink),
      chain_(writer_->last()),
      backoff_(options.first_retry, longest_retry) {
  seq_ = chain_.last().seq;
  if (std::string first = writer_->first_record(); !first.empty()) append(first);
  thread_ = std::thread([this] { run(); });
}

Channel::~Channel() {
  begin_to_stop(Clock::now());
  join();
}

void Channel::append(std::string_view record) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = waiting_.empty() || waiting_.size() >= full_batch;
    waiting_ += record;
    waiting_ += '\n';
    ++waiting_records_;
    queued_bytes_.fetch_add(record.size() + 1, std::memory_order_relaxed);
    queued_records_.fetch_add(1, std::memory_order_relaxed);
  }
  if (wake) wake_.notify_one();
}

void Channel::when_room(Call call) {
  {
    const std::lock_guard lock(mutex_);
    if (!has_room() && !stopped()) {
      waiters_.push_back(std::move(call));
      return;
    }
  }
  call();
}

void Channel::stop_blocking() {
  std::vector<Call> calls;
  {
    const std::lock_guard lock(mutex_);
    unbounded_ = true;
    std::swap(calls, waiters_);
  }
  for (Call& call : calls) call();
}

void Channel::adopt(const plan::Sink& sink) {
  {
    const std::lock_guard lock(mutex_);
    settings_ = sink;
    adopt_ = true;
  }
  wake_.notify_one();
}

void Channel::reopen() {
  {
    const std::lock_guard lock(mutex_);
    reopen_ = true;
  }
  wake_.notify_one();
}

bool Channel::idle() const {
  const std::lock_guard lock(mutex_);
  return waiting_.empty() && !busy_ && shed_ == shed_told_;
}

void Channel::begin_to_stop(Time deadline) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    deadline_ = std::min(deadline_, deadline);
  }
  wake_.notify_one();
}

uint64_t Channel::join() {
  if (thread_.joinable()) thread_.join();
  return queued_records_;
}

std::string Channel::name() const {
  const std::lock_guard lock(mutex_);
  return settings_.name;
}

Statistics Channel::statistics() const {
  Statistics out;
  {
    const std::lock_guard lock(mutex_);
    out.name = settings_.name;
    out.kind = settings_.kind;
    out.failing = failing_;
  }
  out.written = written_;
  out.shed = shed_;
  out.errors = errors_;
  out.queued = queued_records_;
  out.queued_bytes = queued_bytes_;
  out.spooled_bytes = spooled_bytes_;
  out.seq = seq_;
  return out;
}

bool Channel::out_of_time() const { return stopped() && Clock::now() >= deadline_; }

// Until there are records and a little time for more has passed, or something else is to be done.
void Channel::wait_for_work(std::unique_lock<std::mutex>& lock) {
  auto asked = [this] { return stopping_ || adopt_ || reopen_; };
  auto ready = [&] { return asked() || !waiting_.empty() || shed_ != shed_told_; };
  std::optional<Milliseconds> due = writer_->due();
  if (due)
    wake_.wait_for(lock, *due, ready);
  else
    wake_.wait(lock, ready);
  if (waiting_.empty()) return;
  wake_.wait_for(lock, gathering_, [&] { return asked() || waiting_.size() >= full_batch; });
}

// Makes the batch of what waits; false where there is nothing.
bool Channel::take(std::unique_lock<std::mutex>& lock) {
  uint64_t shed = shed_ - shed_told_;
  if (waiting_.empty() && shed == 0) return false;
  taken_.clear();
  std::swap(taken_, waiting_);
  waiting_records_ = 0;
  lock.unlock();
  chain(taken_, shed);
  lock.lock();
  return true;
}

// What the sink could never take is left out like what it has no room for.
void Channel::chain_one(std::string_view record) {
  size_t longest = writer_->longest_record();
  if (longest != 0 && record.size() + Chain::most_added > longest) return shed();
  chain_.append(batch_.text, record);
  ++batch_.records;
}

void Channel::chain(std::string_view records, uint64_t shed) {
  batch_.text.clear();
  batch_.records = batch_.notices = 0;
  batch_.queued_bytes = records.size();
  while (!records.empty()) {
    size_t end = records.find('\n');
    chain_one(records.substr(0, end));
    records.remove_prefix(end + 1);
  }
  if (shed > 0) {
    chain_one(shed_record(SystemClock().now(), shed));
    shed_told_ += shed;
    ++batch_.notices;
  }
  batch_.rest = batch_.text;
}

// The outcome of an attempt: trouble is told when it begins and when it ends, which only what
// failed can say.
void Channel::note(const Result<void>& done, bool& fails) {
  uint64_t refused = writer_->take_refused();
  shed_ += refused;
  // A notice that is refused is not worth another one, which would be refused, too.
  if (batch_.records == batch_.notices) shed_told_ += refused;
  spooled_bytes_ = writer_->spooled_bytes();
  if (!done) ++errors_;
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    fails = !done.has_value();
    changed = failing_ != (write_fails_ || work_fails_);
    failing_ = write_fails_ || work_fails_;
  }
  if (!trouble_) return;
  if (changed) trouble_(name(), done ? "works again" : done.error().message);
  if (refused > 0) trouble_(name(), fmt::format("{} records were refused and left out", refused));
}

void Channel::tell_waiters(std::unique_lock<std::mutex>& lock) {
  if (waiters_.empty() || (!stopping_ && queued_bytes_ > most_bytes_ / 2)) return;
  std::vector<Call> calls;
  std::swap(calls, waiters_);
  lock.unlock();
  for (Call& call : calls) call();
  lock.lock();
}

// Tries until it is written, or the time is over.
void Channel::write_batch(std::unique_lock<std::mutex>& lock) {
  while (!batch_.rest.empty() && !out_of_time()) {
    lock.unlock();
    Result<void> done = writer_->write(batch_.rest);
    note(done, write_fails_);
    lock.lock();
    if (done) {
      backoff_.reset();
      continue;
    }
    auto until = std::min(Clock::now() + backoff_.next(writer_->asked_delay()), deadline_);
    bool stopping = stopping_;
    wake_.wait_until(lock, until, [&] { return (stopping_ && !stopping) || adopt_ || reopen_; });
    do_asked(lock);
  }
  if (!batch_.rest.empty()) return;
  written_ += batch_.records;
  queued_bytes_ -= batch_.queued_bytes;
  queued_records_ = waiting_records_;
  seq_ = chain_.last().seq;
}

void Channel::do_asked(std::unique_lock<std::mutex>& lock) {
  bool adopt = std::exchange(adopt_, false), reopen = std::exchange(reopen_, false);
  if (!adopt && !reopen) return;
  plan::Sink settings = settings_;
  lock.unlock();
  if (adopt) writer_->adopt(settings);
  if (reopen) note(writer_->reopen(), work_fails_);
  lock.lock();
}

// Nothing is left to do, or nothing that can be done now.
bool Channel::finished() const {
  return waiting_.empty() && shed_ == shed_told_ && (spooled_bytes_ == 0 || failing_);
}

void Channel::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wait_for_work(lock);
    busy_ = true;
    do_asked(lock);
    bool taken = take(lock);
    if (taken) write_batch(lock);
    if (writer_->due() == Milliseconds(0)) {
      lock.unlock();
      note(writer_->work(), work_fails_);
      lock.lock();
    }
    busy_ = false;
    tell_waiters(lock);
    if (stopping_ && (out_of_time() || finished())) break;
  }
  lock.unlock();
  if (Result<void> done = writer_->finish(); !done) note(done, work_fails_);
  lock.lock();
  tell_waiters(lock);
}

}  // namespace aipol::audit
