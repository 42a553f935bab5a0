#include "testing/run_tests.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace aipol::testing {

namespace {

// What the threads of a run share.
class Queue {
 public:
  Queue(std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
        const std::vector<plan::Test>& tests, const RunOptions& options)
      : program_(std::move(program)), assets_(assets), tests_(tests), options_(options) {
    run_.results.resize(tests.size());
    if (options.wanted.coverage) run_.coverage.emplace(program_->plan());
  }

  // Takes tests until there are none.
  void work(unsigned job) {
    TestRunner runner(program_, assets_, options_.wanted);
    for (size_t next; (next = next_.fetch_add(1, std::memory_order_relaxed)) < tests_.size();) {
      if (options_.observer != nullptr) options_.observer->begins(job, tests_[next]);
      run_.results[next] = runner.run(tests_[next]);
      if (options_.observer != nullptr) options_.observer->ended(job, run_.results[next]);
    }
    std::lock_guard lock(adding_);
    if (runner.coverage() != nullptr) run_.coverage->add(*runner.coverage());
  }

  Run take() { return std::move(run_); }

 private:
  std::shared_ptr<const decision::Program> program_;
  const enforce::Assets& assets_;
  const std::vector<plan::Test>& tests_;
  const RunOptions& options_;
  std::atomic<size_t> next_ = 0;
  std::mutex adding_;
  Run run_;
};

}  // namespace

size_t Run::passed() const {
  return static_cast<size_t>(std::ranges::count_if(results, &Result::passed));
}

Run run_tests(std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
              const std::vector<plan::Test>& tests, RunOptions options) {
  auto start = std::chrono::steady_clock::now();
  Queue queue(std::move(program), assets, tests, options);
  size_t jobs = std::clamp<size_t>(options.jobs, 1, most_jobs);
  {
    std::vector<std::jthread> others;
    for (size_t job = 1; job < std::min(jobs, tests.size()); ++job)
      others.emplace_back([&queue, job] { queue.work(static_cast<unsigned>(job)); });
    queue.work(0);
  }
  Run run = queue.take();
  run.took = std::chrono::steady_clock::now() - start;
  return run;
}

}  // namespace aipol::testing
