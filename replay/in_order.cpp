#include "replay/in_order.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "replay/lane.h"
#include "replay/worker.h"

namespace aipol::replay {

namespace {

constexpr size_t most_lanes = 16;

using Batch = std::vector<std::unique_ptr<Record>>;
using Batches = std::vector<Batch>;  // by lane

class Schedule {
 public:
  Schedule(LineSource& source, const PolicySet* from, const PolicySet& to,
           const Partition& partition, const Options& options)
      : source_(source),
        from_(from),
        to_(to),
        partition_(partition),
        options_(options),
        most_open_(2 * options.threads + 2) {
    for (uint32_t i = 0; i < source.files(); ++i) logs_.push_back(source.file(i));
  }

  Result<std::vector<Report>> run() {
    size_t lanes = partition_.order() == Partition::Order::keyed ? most_lanes : 1;
    for (size_t i = 0; i < lanes; ++i) {
      auto pair = Pair::make(from_, to_);
      if (!pair) return std::unexpected(pair.error());
      lanes_.push_back(
          {std::make_unique<Lane>(std::move(*pair), options_.window / lanes), {}, 0, false});
    }
    std::vector<Report> results(options_.threads);
    {
      std::vector<std::jthread> threads;
      for (size_t i = 1; i < options_.threads; ++i)
        threads.emplace_back([&, i] { results[i] = work(); });
      results[0] = work();
    }
    if (error_) return std::unexpected(*error_);
    return results;
  }

 private:
  struct Queue {
    std::unique_ptr<Lane> lane;
    std::map<uint64_t, Batch> ready;  // by the number of their block
    uint64_t next = 0;                // the block that is next
    bool busy = false;
  };

  Report work() {
    Worker worker(from_, to_, options_, logs_);
    Block block;
    std::unique_lock lock(mutex_);
    for (;;) {
      if (error_) break;
      if (Queue* queue = runnable()) {
        go_on(*queue, worker, lock);
      } else if (!reading_ && !ended_ && open_.size() < most_open_) {
        read(worker, block, lock);
      } else if (ended_ && open_.empty()) {
        Queue* last = unfinished();
        if (last == nullptr) break;
        finish(*last, worker, lock);
      } else {
        changed_.wait(lock);
      }
    }
    lock.unlock();
    changed_.notify_all();
    return worker.tally().take();
  }

  Queue* runnable() {
    for (Queue& queue : lanes_) {
      if (!queue.busy && queue.ready.contains(queue.next)) return &queue;
    }
    return nullptr;
  }

  Queue* unfinished() {
    for (Queue& queue : lanes_) {
      if (!queue.busy && queue.lane != nullptr) return &queue;
    }
    return nullptr;
  }

  void go_on(Queue& queue, Worker& worker, std::unique_lock<std::mutex>& lock) {
    queue.busy = true;
    Batch batch = std::move(queue.ready.extract(queue.next).mapped());
    lock.unlock();
    for (std::unique_ptr<Record>& record : batch) queue.lane->push(std::move(record), worker);
    batch.clear();
    lock.lock();
    queue.busy = false;
    if (auto open = open_.find(queue.next++); --open->second == 0) open_.erase(open);
    changed_.notify_all();
  }

  void finish(Queue& queue, Worker& worker, std::unique_lock<std::mutex>& lock) {
    std::unique_ptr<Lane> lane = std::move(queue.lane);
    lock.unlock();
    lane->finish(worker);
    lane.reset();
    lock.lock();
  }

  void read(Worker& worker, Block& block, std::unique_lock<std::mutex>& lock) {
    reading_ = true;
    uint64_t number = blocks_++;
    open_[number] = lanes_.size();
    lock.unlock();
    auto got = source_.next(block);
    if (options_.progress) options_.progress(source_);
    lock.lock();
    reading_ = false;
    if (!got) error_ = got.error();
    if (!got || !*got) {
      ended_ = true;
      open_.erase(number);
      changed_.notify_all();
      return;
    }
    changed_.notify_all();
    lock.unlock();
    Batches batches = parse(block, worker);
    lock.lock();
    for (size_t i = 0; i < lanes_.size(); ++i)
      lanes_[i].ready.emplace(number, std::move(batches[i]));
    changed_.notify_all();
  }

  Batches parse(Block& block, Worker& worker) {
    Batches batches(lanes_.size());
    bool keyed = partition_.order() == Partition::Order::keyed;
    AipolScratch scratch;
    worker.read(block, [&](std::unique_ptr<Record>& one) {
      uint64_t hash = keyed ? partition_.hash(*one, scratch) : 0;
      if (options_.shard && !options_.shard->holds(hash >> 8)) return;
      batches[hash % lanes_.size()].push_back(std::move(one));
    });
    return batches;
  }

  LineSource& source_;
  const PolicySet* from_;
  const PolicySet& to_;
  const Partition& partition_;
  const Options& options_;
  const size_t most_open_;
  std::vector<std::string> logs_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Queue> lanes_;
  std::map<uint64_t, size_t> open_;  // blocks, and how many lanes have them before them
  uint64_t blocks_ = 0;
  bool reading_ = false, ended_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<std::vector<Report>> replay_in_order(LineSource& source, const PolicySet* from,
                                            const PolicySet& to, const Partition& partition,
                                            const Options& options) {
  return Schedule(source, from, to, partition, options).run();
}

}  // namespace aipol::replay
