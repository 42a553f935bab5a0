#include "replay/any_order.h"

#include <mutex>
#include <thread>

#include "replay/worker.h"

namespace aipol::replay {

namespace {

// The source behind a lock.
class Shared {
 public:
  Shared(LineSource& source, const Options& options) : source_(source), options_(options) {}

  bool next(Block& block) {
    std::lock_guard lock(mutex_);
    if (error_) return false;
    auto got = source_.next(block);
    if (!got) error_ = got.error();
    if (options_.progress) options_.progress(source_);
    return got && *got;
  }
  void fail(Error error) {
    std::lock_guard lock(mutex_);
    error_ = std::move(error);
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  LineSource& source_;
  const Options& options_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<Report>> replay_in_any_order(LineSource& source, const PolicySet* from,
                                                const PolicySet& to, const Options& options) {
  std::vector<std::string> logs;
  for (uint32_t i = 0; i < source.files(); ++i) logs.push_back(source.file(i));
  Shared shared(source, options);
  std::vector<Report> results(options.threads);
  auto work = [&](size_t number) {
    auto pair = Pair::make(from, to);
    if (!pair) return shared.fail(pair.error());
    Worker worker(from, to, options, logs);
    Block block;
    while (shared.next(block)) {
      worker.read(block, [&](std::unique_ptr<Record>& one) {
        bool ours =
            !options.shard || options.shard->holds(Worker::place_hash(one->file, one->line));
        if (ours) (*pair)->decide(*one, worker.tally());
      });
    }
    results[number] = worker.tally().take();
  };
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < options.threads; ++i) threads.emplace_back(work, i);
  work(0);
  threads.clear();
  if (shared.error()) return std::unexpected(*shared.error());
  return results;
}

}  // namespace aipol::replay
