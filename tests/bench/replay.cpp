// How many records a second are replayed, old policies against new, and where the time goes.
// Beside it, in the same run, what simdjson's DOM parser takes for the same lines alone.
// Usage: bench_replay [RECORDS [CASE]] (a million, all cases where it is not said)
//
// The records are those of an audit log, about 600 bytes each, always the same. The sets: `free`
// remembers nothing; `limits` counts requests and tokens by caller; with `shared` a limit is one
// for all, so that only reading is done by more than one thread.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/civil.h"
#include "compiler/compile.h"
#include "replay/demand.h"
#include "replay/file_lines.h"
#include "replay/json_value.h"
#include "replay/replay.h"
#include "replay/worker.h"
#include "tests/support/choices.h"
#include "tests/support/timing.h"

namespace aipol::replay {

namespace {

using SteadyClock = std::chrono::steady_clock;
using testing::Choices;

constexpr std::string_view declared = R"aipol(
provider p { kind: echo }
model "gpt-4o" { provider: p, price: { input: $2.50, output: $10 } }
model "gpt-4o-mini" { provider: p, price: { input: $0.15, output: $0.60 } }
policy staff { allow when "developer" in principal.roles or "analyst" in principal.roles }
policy premium { require "analyst" in principal.roles or model.name != "gpt-4o" else "gpt-4o needs the role analyst" }
policy embeddings { on "/v1/embeddings" allow when principal.kind == app }
policy inside { require request.ip in "10.0.0.0/8" }
policy long { deny 400 "too many tokens" when ai.max_tokens ?? 0 > 4000 }
)aipol";
constexpr std::string_view tighter = R"aipol(
policy tenants { deny when principal.tenant == "t7" and model.name == "gpt-4o" }
policy audio { deny when ai.has_audio }
)aipol";
constexpr std::string_view limits = R"aipol(
policy rate { limit 1_000 requests per minute by principal.id }
policy budget { limit 5M tokens per day by principal.id }
)aipol";
constexpr std::string_view shared = R"aipol(
policy everyone { limit 1_000_000 requests per minute by request.host }
)aipol";

void write_record(std::string& out, Choices& choices, uint64_t number) {
  static constexpr std::string_view models[] = {"gpt-4o", "gpt-4o-mini", "gpt-4o-mini"};
  static constexpr std::string_view paths[] = {"/v1/chat/completions", "/v1/chat/completions",
                                               "/v1/responses", "/v1/embeddings"};
  uint32_t caller = choices.below(5000);
  std::string_view path = paths[choices.below(4)];
  std::string_view operation = path == "/v1/embeddings" ? "embedding" : "chat";
  std::string time =
      format_time(1'772'366'400'000'000'000 + static_cast<int64_t>(number) * 1'234'567);
  uint32_t input = 20 + choices.below(3000), output = choices.below(900);
  fmt::format_to(
      std::back_inserter(out),
      R"({{"v":1,"kind":"request","time":"{}","id":"{:032x}","request":{{"method":"post","path":"{}","ip":"10.{}.{}.{}","tls":true,"size":{}}},)"
      R"("principal":{{"kind":"app","id":"app-{:05}","tenant":"t{}","method":"api_key","roles":["developer"{}]}},)"
      R"("ai":{{"operation":"{}","max_tokens":{},"input_tokens":{},"stream":true}},"model":{{"name":"{}"}},"target":"gpt-4o-mini",)"
      R"("decision":"allow","status":200,"phase":"body","policy":"staff","statement":"shop/policies.aipol:4",)"
      R"("response":{{"status":200,"latency":0.412}},"usage":{{"input_tokens":{},"output_tokens":{},"cost":0.0012}}}})"
      "\n",
      time, number, path, choices.below(9), choices.below(250), choices.below(250), input * 4,
      caller, caller % 40, caller % 3 == 0 ? ",\"analyst\"" : "", operation, choices.below(4200),
      input, models[choices.below(3)], input, output);
}

std::string write_log(uint64_t records) {
  std::string path = (std::filesystem::temp_directory_path() / "aipol-bench-replay.jsonl").string();
  std::ofstream file(path, std::ios::binary);
  Choices choices(1);
  std::string text;
  for (uint64_t i = 0; i < records; ++i) {
    write_record(text, choices, i);
    if (text.size() > (1 << 20) || i + 1 == records) {
      file << text;
      text.clear();
    }
  }
  return path;
}

PolicySet set_of(std::string text, const std::string& name) {
  source::Files files;
  files.add(name, std::move(text));
  auto made = compiler::compile(std::move(files), {.last = compiler::Step::jit}).value();
  if (made->failed()) {
    for (const auto& one : made->diagnostics.all()) fmt::print("{}\n", one.message);
    std::exit(1);
  }
  auto program = decision::Program::load(std::move(made->plan), made->layout,
                                         {std::move(made->native.stages),
                                          std::move(made->native.values), made->native.memory})
                     .value();
  auto assets = enforce::load_assets(program->plan(), ".").value();
  return {name, std::move(program), std::move(assets)};
}

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double cpu_seconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  auto seconds = [](const timeval& time) {
    return double(time.tv_sec) + double(time.tv_usec) / 1e6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

long resident_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    long kb = 0;
    if (word == "VmRSS:" && status >> kb) return kb / 1024;
  }
  return 0;
}

void measure_whole(const std::string& path, const PolicySet& from, const PolicySet& to,
                   std::string_view name, unsigned threads) {
  auto lines = FileLines::open({path}).value();
  double cpu = cpu_seconds();
  auto start = SteadyClock::now();
  auto report = run(*lines, &from, to, {.threads = threads});
  double wall = seconds_since(start);
  cpu = cpu_seconds() - cpu;
  if (!report) {
    fmt::print("{}\n", report.error().message);
    return;
  }
  auto records = static_cast<double>(report->records);
  fmt::print(
      "{:8} {} threads  {:9.0f} records/s  {:7.2f} us of CPU a record  {} changed  {} undetermined "
      " {} MB\n",
      name, threads, records / wall, cpu * 1e6 / records, report->changed, report->undetermined,
      resident_mb());
}

// The lines, made values of by a parser that is told nothing of what they hold.
void measure_parser(const std::string& path) {
  auto lines = FileLines::open({path}).value();
  simdjson::dom::parser parser;
  Block block;
  double ns = 0;
  uint64_t records = 0, bad = 0;
  while (records < 200'000 && lines->next(block).value()) {
    double start = bench::thread_ns();
    block.each_line([&](std::string_view text, uint64_t) {
      // There is room behind the lines.
      bad += parser.parse(text.data(), text.size(), false).error() != simdjson::SUCCESS;
      ++records;
    });
    ns += bench::thread_ns() - start;
  }
  fmt::print("  simdjson's DOM parser alone: {:.0f} ns a record, {} refused\n",
             ns / static_cast<double>(records), bad);
}

// One thread's time, step by step.
void measure_split(const std::string& path, const PolicySet& from, const PolicySet& to) {
  auto lines = FileLines::open({path}).value();
  std::vector<std::string> logs = {path};
  Options options;
  Worker worker(&from, to, options, logs);
  RecordReader reader(&from.plan(), &to.plan(), {demanded_fields(&from, to), false});
  auto old_world = World::make(from).value(), new_world = World::make(to).value();
  Tally tally(&from, to, options.team, logs, options.changes);
  double read = 0, parse = 0, copy = 0, decide = 0, count = 0;
  uint64_t records = 0;
  auto timed = [](double& into, auto step) {
    double start = bench::thread_ns();
    step();
    into += bench::thread_ns() - start;
  };
  Block block;
  std::vector<Record> batch;
  std::vector<offline::DescribedCall> copies;
  std::vector<Verdict> before, after;
  while (records < 200'000) {
    bool more = false;
    timed(read, [&] { more = lines->next(block).value(); });
    if (!more) break;
    size_t size = 0;
    timed(parse, [&] {
      block.each_line([&](std::string_view text, uint64_t line) {
        if (size == batch.size()) batch.emplace_back();
        Record& record = batch[size++];
        std::ignore = reader.read(text, true, record);
        record.line = line;
      });
    });
    before.resize(batch.size());
    after.resize(batch.size());
    copies.resize(batch.size());
    // As Pair does.
    auto shared = [&](size_t i) { return old_world->leaves(batch[i].call); };
    timed(copy, [&] {
      for (size_t i = 0; i < size; ++i) {
        if (!shared(i)) copies[i] = batch[i].call;
      }
    });
    timed(decide, [&] {
      for (size_t i = 0; i < size; ++i) {
        old_world->decide(batch[i], shared(i) ? batch[i].call : copies[i], before[i]);
        batch[i].call.endpoint = nullptr;
        new_world->decide(batch[i], batch[i].call, after[i]);
      }
    });
    timed(count, [&] {
      for (size_t i = 0; i < size; ++i)
        tally.add(batch[i], {batch[i].call.call, batch[i].call.target}, &before[i], after[i]);
    });
    records += size;
  }
  auto each = [&](double ns) { return ns / static_cast<double>(records); };
  fmt::print(
      "  ns a record of one thread: read {:.0f}, parse {:.0f}, copy {:.0f}, decide {:.0f}, count "
      "{:.0f}\n",
      each(read), each(parse), each(copy), each(decide), each(count));
}

int main_of(uint64_t records, std::string_view only) {
  std::string path = write_log(records);
  fmt::print("{} records, {} bytes each\n", records, std::filesystem::file_size(path) / records);
  struct Case {
    std::string_view name, more;
  };
  for (const Case& one : {Case{"free", ""}, Case{"limits", limits}, Case{"shared", shared}}) {
    if (!only.empty() && only != one.name) continue;
    PolicySet from = set_of(std::string(declared) + std::string(one.more), "old.aipol");
    PolicySet to =
        set_of(std::string(declared) + std::string(tighter) + std::string(one.more), "new.aipol");
    for (unsigned threads : {1u, 2u}) measure_whole(path, from, to, one.name, threads);
    measure_split(path, from, to);
    measure_parser(path);
  }
  std::filesystem::remove(path);
  return 0;
}

}  // namespace

}  // namespace aipol::replay

int main(int argc, char** argv) {
  constexpr uint64_t million = 1'000'000;
  return aipol::replay::main_of(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : million,
                                argc > 2 ? argv[2] : "");
}
