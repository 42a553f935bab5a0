// From the text of a policy set to the first native decision: without a cache, from the cache, and
// after edits, by a session that has compiled the set before. Times of the one thread that compiles,
// and the steps of these runs.
//   bench_compile_time [POLICIES…]
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "compiler/session.h"
#include "runtime/decision/program.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/timing.h"

namespace aipol::bench {

namespace {

namespace fs = std::filesystem;
using compiler::Step;
using compiler::Tier;

std::string policies(int count) {
  std::string text = "extend principal { team: string = \"\" }\nprovider local { kind: echo }\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("model \"model-{}\" {{ provider: local }}\n", i);
  for (int i = 0; i < count; ++i) {
    text += fmt::format(
        "/// Team {0} may use its model.\npolicy team_{0} {{\n  on \"/v1/chat/completions\"\n"
        "  when principal.team == \"team-{1}\" and model.name == \"model-{2}\"\n"
        "  require \"role-{3}\" in principal.roles else 403 \"role-{3} is needed\"\n"
        "  deny 429 when request.size > {4}\n  allow\n}}\n",
        i, i / 4, i % 20, i % 12, 1000 + i % 7);
  }
  return text;
}

constexpr std::string_view request =
    R"({"request": {"path": "/v1/chat/completions", "method": "post"}, "principal": {"team": "team-1", "roles": ["role-4"]},)"
    R"( "ai": {"operation": "chat"}, "model": {"name": "model-4"}})";

struct Run {
  double milliseconds = 0;
  bool compiled = false;  // not from the cache
  bool spliced = false;
  std::string steps;
  std::shared_ptr<const decision::Program> program;
  plan::Layout layout;
};

// `compile` makes a Result of a compilation.
template <class Compile>
Run first_decision(Compile compile) {
  Run run;
  double start = thread_ns();
  auto made = std::move(compile().value());
  double compiled = thread_ns();
  run.program = decision::Program::load(std::move(made->plan), made->layout,
                                        {made->native.stages, made->native.values, made->native.memory})
                    .value();
  auto call = offline::read_call(request, run.program->plan()).value();
  auto simulation = offline::Simulation::make(run.program, {}, 0).value();
  bool allowed = simulation->decide(call).decision.allowed;
  double end = thread_ns();
  run.milliseconds = (end - start) / 1e6;
  run.spliced = made->spliced;
  for (const compiler::Timing& timing : made->timings) {
    run.compiled |= timing.step == Step::lower;
    run.steps += fmt::format(" {} {:.1f}", compiler::step_names[static_cast<size_t>(timing.step)],
                             std::chrono::duration<double, std::milli>(timing.took).count());
  }
  run.steps += fmt::format(" load and decide {:.1f}", (end - compiled) / 1e6);
  run.layout = std::move(made->layout);
  if (!allowed) throw std::runtime_error("the request of this benchmark is allowed");
  return run;
}

Run first_decision(const fs::path& file, std::optional<Tier> tier, const std::string& cache) {
  return first_decision([&] {
    return compiler::compile({file.string()}, {.decisions_only = true, .tier = tier, .cache = cache});
  });
}

// The best of a few: what else the machine did is not of interest.
Run best(const fs::path& file, std::optional<Tier> tier, const std::string& cache) {
  Run result = first_decision(file, tier, cache);
  for (int i = 0; i < 4; ++i) {
    Run again = first_decision(file, tier, cache);
    if (again.milliseconds < result.milliseconds) result = again;
  }
  return result;
}

// An author's edits, each of the text as it is then.
void reword_number(std::string& text, int count) {
  text.replace(text.find("size > ", text.find(fmt::format("policy team_{} ", count / 2))), 7, "size > 1");
}
void reword_message(std::string& text, int) {
  text.insert(text.find("is needed", text.find("policy team_10 ")), "really ");
}
void add_statement(std::string& text, int count) {
  text.insert(text.find("  allow", text.find(fmt::format("policy team_{} ", count / 4))),
              "  deny 403 \"over TLS only\" when not request.tls and request.size > 5\n");
}
void add_policy(std::string& text, int) {
  text += "policy late {\n  when principal.team == \"team-1\"\n  deny 429 when request.size > 99\n}\n";
}
void remove_policy(std::string& text, int count) {
  size_t begin = text.find(fmt::format("/// Team {} may", count / 3));
  text.erase(begin, text.find("/// Team", begin + 1) - begin);
}
constexpr void (*edits[])(std::string&, int) = {reword_number, reword_message, add_statement, add_policy,
                                               remove_policy};

struct Edited {
  Run best;
  double slowest = 0;  // milliseconds
  double settled = 0;  // milliseconds beside serving
  int spliced = 0;
};

// From the changed file to a decision of the new set, as a process that serves it does.
Edited after_edits(const fs::path& file, std::string text, int count, const std::string& cache) {
  compiler::Session session({file.string()}, {.decisions_only = true, .tier = Tier::fast, .cache = cache});
  Run live = first_decision([&] { return session.compile(); });
  session.settle(live.program->plan(), live.layout);
  Edited out;
  for (auto edit : edits) {
    edit(text, count);
    std::ofstream(file) << text;
    Run run = first_decision([&] { return session.compile(); });
    double start = thread_ns();
    session.settle(run.program->plan(), run.layout);
    out.settled = (thread_ns() - start) / 1e6;
    out.spliced += run.spliced;
    out.slowest = std::max(out.slowest, run.milliseconds);
    if (out.best.steps.empty() || run.milliseconds < out.best.milliseconds) out.best = run;
    live = std::move(run);
  }
  return out;
}

void measure_set(int count) {
  fs::path folder = fs::temp_directory_path() / fmt::format("aipol-bench-{}", getpid());
  fs::create_directories(folder);
  fs::path file = folder / "policies.aipol";
  std::string cache = (folder / "cache").string();
  std::string text = policies(count);
  std::ofstream(file) << text;
  auto print = [](std::string_view what, const Run& run) {
    fmt::print("  {:22} {:8.1f} ms  {}\n", what, run.milliseconds,
               run.compiled ? "compiled" : "code from the cache");
  };
  fmt::print("{} policies, text to first decision\n", count);
  print("cold, good code", best(file, Tier::good, ""));
  print("cold, first tier", best(file, Tier::fast, ""));
  first_decision(file, Tier::good, cache);
  Run kept = best(file, Tier::fast, cache);
  print("from the cache", kept);
  Edited edited = after_edits(file, std::move(text), count, cache);
  print("after one edit", edited.best);
  fmt::print("  {:22} {:8.1f} ms  {} of {} edits put into the plan there was; {:.1f} ms beside serving\n",
             "after the slowest edit", edited.slowest, edited.spliced, std::size(edits), edited.settled);
  fmt::print("  steps after the edit, as the clock has them:{}\n", edited.best.steps);
  fmt::print("  steps of the cached run:{}\n", kept.steps);
  fs::remove_all(folder);
}

}  // namespace

}  // namespace aipol::bench

int main(int argc, char** argv) {
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {100, 1000, 10'000};
  for (int count : sizes) aipol::bench::measure_set(count);
}
