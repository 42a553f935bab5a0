// How long the command line takes, as whole processes: `aipol version`, and `aipol check` of 1,000
// policies by step.
//   bench_command_line [path of aipol] [policies]
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

extern char** environ;

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int runs = 15;

struct Finished {
  double milliseconds;
  int status;
};

// Runs the command, its standard error into a file.
Finished run(const std::vector<std::string>& command, const std::string& errors) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  Clock::time_point start = Clock::now();
  pid_t child = 0;
  int status = -1;
  if (posix_spawn(&child, command[0].c_str(), &actions, nullptr, arguments.data(), environ) == 0)
    waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&actions);
  return {Milliseconds(Clock::now() - start).count(), status};
}

void print_row(std::string_view what, std::vector<double> times) {
  std::ranges::sort(times);
  fmt::print("{:28} min {:8.2f}  median {:8.2f}  max {:8.2f} ms\n", what, times.front(),
             times[times.size() / 2], times.back());
}

std::string policies(int count) {
  std::string text =
      "extend principal { team: string = \"\" }\n"
      "provider local { kind: echo }\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("model \"model-{}\" {{ provider: local }}\n", i);
  for (int i = 0; i < count; ++i) {
    text += fmt::format(
        "/// Team {0} may use its model.\npolicy team_{0} {{\n  on \"/v1/chat/completions\"\n"
        "  when principal.team == \"team-{1}\" and model.name == \"model-{2}\"\n"
        "  require \"role-{3}\" in principal.roles else 403 \"role-{3} is needed\"\n  allow\n}}\n",
        i, i / 4, i % 20, i % 12);
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  std::string aipol = argc > 1 ? argv[1] : "build/release/aipol";
  int count = argc > 2 ? std::atoi(argv[2]) : 1000;
  auto folder = std::filesystem::temp_directory_path() / fmt::format("aipol-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  std::string errors = (folder / "errors").string();
  std::string file = (folder / "policies.aipol").string();
  std::ofstream(file) << policies(count);
  fmt::print("{} runs each; {} policies, {} bytes\n", runs, count,
             std::filesystem::file_size(file));

  std::vector<double> nothing, version, check;
  std::map<std::string, std::vector<double>> steps;
  std::vector<std::string> order;
  int failed = 0;
  for (int i = 0; i < runs; ++i) {
    nothing.push_back(run({"/bin/true"}, errors).milliseconds);
    Finished started = run({aipol, "version"}, errors);
    version.push_back(started.milliseconds);
    Finished plain = run({aipol, "check", file}, errors);
    check.push_back(plain.milliseconds);
    Finished timed = run({aipol, "check", file, "--timings"}, errors);
    failed += started.status != 0 || plain.status != 0 || timed.status != 0;
    std::ifstream lines(errors);
    std::string step, unit;
    for (double time = 0; lines >> step >> time >> unit;) {
      if (!steps.contains(step)) order.push_back(step);
      steps[step].push_back(time);
    }
  }
  print_row("/bin/true", nothing);
  print_row("aipol version", version);
  print_row("aipol check", check);
  for (const std::string& step : order) print_row("  step " + step, steps[step]);
  std::filesystem::remove_all(folder);
  if (failed > 0) fmt::print("{} runs failed\n", failed);
  return failed > 0 ? 1 : 0;
}
