// What a request pays for its audit record: nanoseconds to write one as JSON, to chain it, to give
// it to a sink; and how many records a second a file takes.
// Usage: bench_audit
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "runtime/audit/chain.h"
#include "runtime/audit/log.h"
#include "runtime/audit/query.h"
#include "runtime/audit/traffic_record.h"
#include "runtime/audit/verify.h"
#include "tests/support/audit_entry.h"
#include "tests/support/timing.h"

namespace aipol::audit {

namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t sinks[] = {0};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

plan::Sink file_sink(const std::string& rule) {
  plan::Sink sink;
  sink.name = sink.kind = "file";
  sink.path = "audit.jsonl";
  sink.fsync = rule;
  return sink;
}

void measure_log(const std::string& rule, const std::string& record, unsigned threads) {
  auto folder = std::filesystem::temp_directory_path() / "aipol-bench-audit";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  constexpr size_t each = 100'000;
  std::vector<double> submit(threads);
  auto start = Clock::now();
  {
    Options options;
    options.folder = folder;
    Log log(options);
    auto outlet = log.configure({file_sink(rule)}, true).value();
    std::vector<std::thread> all;
    for (unsigned i = 0; i < threads; ++i) {
      all.emplace_back([&, i] {
        double begun = bench::thread_ns();
        for (size_t n = 0; n < each; ++n) outlet->submit(sinks, record);
        submit[i] = (bench::thread_ns() - begun) / each;
      });
    }
    for (std::thread& thread : all) thread.join();
    log.stop(std::chrono::minutes(1));
  }
  double took = seconds_since(start);
  double mean = 0;
  for (double one : submit) mean += one / threads;
  fmt::print("file, fsync {:7} {} threads       {:6.0f} ns a submit, {:8.0f} records/s\n", rule,
             threads, mean, threads * each / took);
  start = Clock::now();
  Verified verified = verify_log(folder / "audit.jsonl", {}).value();
  took = seconds_since(start);
  fmt::print("verify: {} records, {}          {:8.0f} records/s\n", verified.records,
             verified.finding ? verified.finding->message : "ok",
             static_cast<double>(verified.records) / took);
  std::filesystem::remove_all(folder);
}

}  // namespace

int main() {
  testing::AuditedRequest request;
  std::string out = request.json();
  const std::string record = out;
  fmt::print("a record of {} bytes\n", record.size());
  fmt::print("append_json                     {:6.0f} ns\n", bench::measure(20'000, [&](size_t) {
               out.clear();
               append_json(out, request.entry);
             }));
  fmt::print("append_traffic_record           {:6.0f} ns\n", bench::measure(20'000, [&](size_t) {
               out.clear();
               append_traffic_record(out, {.call = &request.call});
             }));
  Chain chain;
  fmt::print("chain                           {:6.0f} ns\n", bench::measure(20'000, [&](size_t) {
               out.clear();
               chain.append(out, record);
             }));
  Query query;
  query.policies = {"none"};
  fmt::print("query, a line                   {:6.0f} ns\n",
             bench::measure(5'000, [&](size_t) { (void)matches(query, record); }));
  for (const char* rule : {"never", "second", "always"}) measure_log(rule, record, 2);
  return 0;
}

}  // namespace aipol::audit

int main() { return aipol::audit::main(); }
