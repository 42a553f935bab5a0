#include "runtime/audit/log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "runtime/audit/head.h"
#include "runtime/audit/parts.h"
#include "runtime/audit/verify.h"
#include "tests/support/scratch_folder.h"

namespace aipol::audit {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::ScratchFolder;

constexpr uint32_t first_sink[] = {0};

plan::Sink file_sink(const std::string& name, const std::string& path) {
  plan::Sink sink;
  sink.name = name;
  sink.kind = "file";
  sink.path = path;
  return sink;
}

Options options_of(const ScratchFolder& folder) {
  Options options;
  options.folder = folder.path();
  options.gathering = 1ms;
  options.first_retry = 5ms;
  options.longest_retry = 20ms;
  options.secret = [](const plan::Secret& secret) -> Result<std::string> {
    return failure("the environment variable " + secret.name + " is not set");
  };
  return options;
}

std::shared_ptr<Outlet> outlet_of(Log& log, const std::vector<plan::Sink>& sinks,
                                  bool blocks = true) {
  auto outlet = log.configure(sinks, blocks);
  REQUIRE_MESSAGE(outlet, (outlet ? "" : outlet.error().message));
  return *outlet;
}

std::string record(int number) {
  return R"({"v":1,"kind":"request","id":")" + std::to_string(number) + R"("})";
}

std::vector<json> records_in(const std::filesystem::path& path) {
  std::vector<json> records;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) records.push_back(json::parse(line));
  return records;
}

Verified verified(const std::filesystem::path& path) {
  auto result = verify_log(path.string(), {});
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  CHECK_MESSAGE(!result->finding, (result->finding ? result->finding->message : ""));
  return *result;
}

// A pipe whose reader the test is: nothing is read until it wants to.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { REQUIRE(::pipe2(ends, O_CLOEXEC) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    close_writer();
  }
  void close_writer() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  std::string drain() {
    std::string out;
    char block[65'536];
    for (ssize_t got; (got = ::read(ends[0], block, sizeof(block))) > 0;)
      out.append(block, static_cast<size_t>(got));
    return out;
  }
};

plan::Sink stdout_sink() {
  plan::Sink sink;
  sink.name = "out";
  sink.kind = "stdout";
  return sink;
}

}  // namespace

TEST_CASE("records of many threads are all written, each once, to each of their sinks") {
  ScratchFolder folder;
  Log log(options_of(folder));
  auto outlet = outlet_of(log, {file_sink("a", "a.jsonl"), file_sink("b", "b.jsonl")});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const uint32_t both[] = {0, 1};
      for (int i = 0; i < 500; ++i)
        CHECK(outlet->submit(i % 2 == 0 ? std::span<const uint32_t>(both) : first_sink,
                             record(thread * 1000 + i)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(log.stop(10s) == 0);
  CHECK(verified(folder.path() / "a.jsonl").records == 2000);
  CHECK(verified(folder.path() / "b.jsonl").records == 1000);
  std::set<std::string> ids;
  for (const json& one : records_in(folder.path() / "a.jsonl")) ids.insert(one["id"]);
  CHECK(ids.size() == 2000);
}

TEST_CASE("an error of one sink opens none, and names the sink") {
  ScratchFolder folder;
  Log log(options_of(folder));
  auto outlet =
      log.configure({file_sink("good", "a.jsonl"), file_sink("bad", "no/such/b.jsonl")}, true);
  REQUIRE(!outlet);
  CHECK(outlet.error().message.find("sink bad: ") == 0);
  CHECK(log.statistics().empty());
  plan::Sink hook;
  hook.name = "hook";
  hook.kind = "webhook";
  hook.url_secret = plan::Secret{plan::Secret::From::environment, "HOOK"};
  outlet = log.configure({hook}, true);
  REQUIRE(!outlet);
  CHECK(outlet.error().message == "sink hook: the environment variable HOOK is not set");
}

TEST_CASE("a sink that is full makes requests wait, and tells when there is room") {
  ScratchFolder folder;
  Pipe pipe;
  Options options = options_of(folder);
  options.standard_output = pipe.ends[1];
  options.most_waiting_bytes = 10'000;
  Log log(options);
  auto outlet = outlet_of(log, {stdout_sink(), file_sink("a", "a.jsonl")});
  const uint32_t both[] = {0, 1}, file[] = {1};
  int submitted = 0;
  while (outlet->try_submit(first_sink, record(submitted))) ++submitted;
  CHECK(submitted > 100);  // the pipe took some
  std::atomic<int> called = 0;
  outlet->when_room(both, [&] { ++called; });
  CHECK(called == 0);
  CHECK(!outlet->try_submit(both, record(0)));
  CHECK(outlet->try_submit(file, record(-1)));  // what hangs holds up no other
  std::thread waiter([&] { CHECK(outlet->submit(both, record(submitted))); });
  std::string text;
  std::thread reader([&] { text = pipe.drain(); });
  waiter.join();
  CHECK(log.stop(10s) == 0);
  pipe.close_writer();
  reader.join();
  CHECK(called == 1);
  CHECK(std::count(text.begin(), text.end(), '\n') == submitted + 1);
  CHECK(verified(folder.path() / "a.jsonl").records == 2);
  bool later = false;
  outlet->when_room(both, [&] { later = true; });
  CHECK(later);
}

TEST_CASE("at the end nobody waits for a sink that hangs; what it did not take is counted") {
  ScratchFolder folder;
  Pipe pipe;
  Options options = options_of(folder);
  options.standard_output = pipe.ends[1];
  options.most_waiting_bytes = 10'000;
  Log log(options);
  auto outlet = outlet_of(log, {stdout_sink()});
  CHECK(!outlet->blocks(first_sink));
  while (outlet->try_submit(first_sink, record(0))) continue;
  CHECK(outlet->blocks(first_sink));
  int called = 0;
  outlet->when_room(first_sink, [&] { ++called; });
  CHECK(called == 0);
  log.stop_blocking();
  CHECK(called == 1);
  CHECK(!outlet->blocks(first_sink));
  CHECK(outlet->try_submit(first_sink, record(1)));
  outlet->when_room(first_sink, [&] { ++called; });
  CHECK(called == 2);
  std::string text;
  std::thread reader([&] { text = pipe.drain(); });
  CHECK(log.stop(10s) == 0);  // it took them after all
  pipe.close_writer();
  reader.join();
  CHECK(text.find(R"("id":")") != std::string::npos);
}

TEST_CASE("a sink that is full leaves records out where it may, and says how many") {
  ScratchFolder folder;
  Pipe pipe;
  Options options = options_of(folder);
  options.standard_output = pipe.ends[1];
  options.most_waiting_bytes = 10'000;
  Log log(options);
  auto outlet = outlet_of(log, {stdout_sink()}, false);
  constexpr int submitted = 5000;
  for (int i = 0; i < submitted; ++i) CHECK(outlet->try_submit(first_sink, record(i)));
  uint64_t shed = log.statistics()[0].shed;
  CHECK(shed > 1000);
  CHECK(shed < submitted);
  std::string text;
  std::thread reader([&] { text = pipe.drain(); });
  CHECK(log.stop(10s) == 0);
  pipe.close_writer();
  reader.join();
  uint64_t written = 0, told = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    json one = json::parse(line);
    if (one["kind"] == "shed")
      told += one["count"].get<uint64_t>();
    else
      ++written;
  }
  CHECK(told == shed);
  CHECK(written + told == submitted);
}

TEST_CASE("a disk that is full is told once, waited for, and told again") {
  ScratchFolder folder;
  std::mutex mutex;
  std::vector<std::string> told;
  Options options = options_of(folder);
  options.trouble = [&](std::string_view sink, std::string_view what) {
    const std::lock_guard lock(mutex);
    told.push_back(std::string(sink) + ": " + std::string(what));
  };
  int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  int moving = ::dup(full);
  options.standard_output = moving;
  Log log(options);
  auto outlet = outlet_of(log, {stdout_sink()});
  CHECK(outlet->try_submit(first_sink, record(1)));
  while (log.statistics()[0].errors < 3) std::this_thread::sleep_for(1ms);
  CHECK(log.statistics()[0].failing);
  CHECK(log.statistics()[0].queued == 1);
  std::string path = folder.write("out", "");
  int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ::dup2(file, moving);
  CHECK(log.stop(10s) == 0);
  CHECK(records_in(path).size() == 1);
  REQUIRE(told.size() == 2);
  CHECK(told[0].find("out: standard output cannot be written: No space left") == 0);
  CHECK(told[1] == "out: works again");
  for (int descriptor : {full, moving, file}) ::close(descriptor);
}

TEST_CASE("what can not be written in time is lost aloud") {
  ScratchFolder folder;
  Options options = options_of(folder);
  std::string told;
  options.trouble = [&](std::string_view, std::string_view what) { told = what; };
  int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  options.standard_output = full;
  Log log(options);
  auto outlet = outlet_of(log, {stdout_sink()});
  for (int i = 0; i < 7; ++i) CHECK(outlet->try_submit(first_sink, record(i)));
  CHECK(log.stop(20ms) == 7);
  CHECK(told == "7 records could not be written and are lost");
  CHECK(!outlet->submit(first_sink, record(8)));
  ::close(full);
}

TEST_CASE("a new version keeps the sinks it shares with the old one") {
  ScratchFolder folder;
  Log log(options_of(folder));
  plan::Sink kept = file_sink("kept", "kept.jsonl"), gone = file_sink("gone", "gone.jsonl");
  auto old_outlet = outlet_of(log, {gone, kept});
  const uint32_t both[] = {0, 1};
  for (int i = 0; i < 10; ++i) old_outlet->try_submit(both, record(i));
  kept.name = "renamed";
  kept.rotate_bytes = 500;
  auto new_outlet = outlet_of(log, {kept, file_sink("new", "new.jsonl")});
  for (int i = 10; i < 20; ++i) {
    old_outlet->try_submit(both, record(i));  // requests that the old version admitted
    new_outlet->try_submit(both, record(i));
  }
  CHECK(log.statistics().size() == 3);
  old_outlet.reset();
  while (log.statistics().size() != 2) std::this_thread::sleep_for(1ms);
  CHECK(log.statistics()[0].name == "renamed");
  // What is closed can be opened again.
  auto third = outlet_of(log, {gone});
  const uint32_t first[] = {0};
  third->try_submit(first, record(20));
  CHECK(log.stop(10s) == 0);
  CHECK(verified(folder.path() / "gone.jsonl").records == 21);
  CHECK(verified(folder.path() / "kept.jsonl").records == 30);
  CHECK(verified(folder.path() / "new.jsonl").records == 10);
  CHECK(parts_of(folder.path() / "kept.jsonl").size() > 1);
}

TEST_CASE("files are opened anew when they are told to") {
  ScratchFolder folder;
  Log log(options_of(folder));
  auto outlet = outlet_of(log, {file_sink("a", "a.jsonl")});
  outlet->try_submit(first_sink, record(1));
  while (log.statistics()[0].written < 1) std::this_thread::sleep_for(1ms);
  std::filesystem::rename(folder.path() / "a.jsonl", folder.path() / "a.jsonl.1");
  log.reopen();
  while (!std::filesystem::exists(folder.path() / "a.jsonl")) std::this_thread::sleep_for(1ms);
  outlet->try_submit(first_sink, record(2));
  CHECK(log.stop(10s) == 0);
  CHECK(records_in(folder.path() / "a.jsonl").size() == 1);
  CHECK(verified(folder.path() / "a.jsonl").records == 2);
}

TEST_CASE("once a second what was written is anchored") {
  ScratchFolder folder;
  Log log(options_of(folder));
  auto outlet = outlet_of(log, {file_sink("a", "a.jsonl")});
  outlet->try_submit(first_sink, record(1));
  auto anchored = [&] {
    auto head = read_head(folder.path() / "a.jsonl.head");
    return head && *head && (*head)->last.seq == 1;
  };
  while (!anchored()) std::this_thread::sleep_for(10ms);
  CHECK(verified(folder.path() / "a.jsonl").behind == 0);
}

namespace {

// Writes without end, from several threads, until it is killed.
[[noreturn]] void write_until_killed(const ScratchFolder& folder, const std::string& rule) {
  Log log(options_of(folder));
  plan::Sink sink = file_sink("a", "a.jsonl");
  sink.rotate_bytes = 20'000;
  sink.fsync = rule;
  auto outlet = log.configure({sink}, true);
  if (!outlet) ::_exit(2);
  auto write = [&](int thread) {
    for (int i = 0;; ++i) (*outlet)->submit(first_sink, record(thread * 1'000'000 + i));
  };
  std::thread second([&] { write(1); });
  write(2);
  ::_exit(0);
}

// Bytes in all files of the log.
uintmax_t written(const ScratchFolder& folder) {
  uintmax_t bytes = 0;
  std::error_code gone;  // put aside in this moment
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    uintmax_t size = file.path().extension() == ".head" ? 0 : file.file_size(gone);
    bytes += gone ? 0 : size;
  }
  return bytes;
}

}  // namespace

TEST_CASE("a log whose writer is killed at any time is gone on with and verifies") {
  ScratchFolder folder;
  std::mt19937 random(11);
  uint64_t before = 0;
  for (int round = 0; round < 12; ++round) {
    const uintmax_t bytes_before = written(folder);
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
      write_until_killed(folder, round % 3 == 0 ? "always" : round % 3 == 1 ? "never" : "second");
    while (written(folder) <= bytes_before) ::usleep(500);
    ::usleep(std::uniform_int_distribution<useconds_t>(0, 30'000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    // As it is left, and after the next process has come.
    Verified left = verified(folder.path() / "a.jsonl");
    CHECK(left.last.seq >= before);
    {
      Log log(options_of(folder));
      auto outlet = outlet_of(log, {file_sink("a", "a.jsonl")});
      CHECK(outlet->submit(first_sink, record(round)));
      CHECK(log.stop(10s) == 0);
    }
    Verified resumed = verified(folder.path() / "a.jsonl");
    CHECK(resumed.last.seq == left.last.seq + (left.torn_bytes > 0 ? 2 : 1));
    CHECK(resumed.torn_bytes == 0);
    CHECK(resumed.behind == 0);
    before = resumed.last.seq;
  }
  CHECK(before > 100);
}

}  // namespace aipol::audit
