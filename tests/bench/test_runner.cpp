// How long `aipol test` runs once the set is compiled: 1,000 tests, every tenth of them a sequence
// of calls against a limit, over 1,000 policies.
//   bench_test_runner [tests] [policies]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "compiler/compile.h"
#include "runtime/enforce/assets.h"
#include "testing/run_tests.h"

namespace {

using namespace aipol;

constexpr int runs = 7;

std::string policies(int count) {
  std::string text =
      "extend principal { team: string = \"\" }\nprovider local { kind: echo }\n"
      "endpoint \"/v1/ai/**\" { accepts: chat, model: \"model-0\" }\n";
  for (int i = 0; i < 20; ++i) text += fmt::format("model \"model-{}\" {{ provider: local }}\n", i);
  text += "policy base { allow when principal.kind != anonymous }\n";
  for (int i = 1; i < count; ++i) {
    text += fmt::format("policy p{0} {{\n  on \"/v1/ai/{0}\"\n", i);
    text += fmt::format("  require \"role-{}\" in principal.roles else 403 \"no\"\n", i % 12);
    if (i % 10 == 0) text += "  limit 3 requests per minute by principal.id\n";
    if (i % 7 == 0) text += "  redact request pii.email with mask\n";
    text += "}\n";
  }
  return text;
}

std::string send(int policy, std::string_view role) {
  return fmt::format(
      "  send {{ path: \"/v1/ai/{}\", principal: {{ id: \"u\", kind: app, roles: [\"{}\"] }} }}\n",
      policy, role);
}

std::string tests(int count, int policies) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    int policy = 1 + i % (policies - 1);
    bool sequence = i % 10 == 0;
    if (sequence) policy = std::max(policy - policy % 10, 10);
    std::string role = fmt::format("role-{}", policy % 12);
    text += fmt::format("test \"t{}\" {{\n", i);
    if (!sequence) {
      text += send(policy, i % 2 == 0 ? role : "none");
      text += fmt::format("  expect {}\n", i % 2 == 0 ? "allow" : "deny 403");
    }
    for (int call = 0; sequence && call < 5; ++call) {
      text += send(policy, role);
      text += call < 3 ? "  expect allow\n" : fmt::format("  expect deny 429 by p{}\n", policy);
    }
    if (sequence) text += "  after 61s\n" + send(policy, role) + "  expect allow\n";
    text += "}\n";
  }
  return text;
}

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

struct Set {
  std::unique_ptr<compiler::Compilation> compilation;
  std::shared_ptr<const decision::Program> program;
  enforce::Assets assets;
};

Set load(std::string text) {
  source::Files files;
  files.add("bench.aipol", "use std.pii\n" + std::move(text));
  Set set;
  auto compiled = compiler::compile(std::move(files), {.tests = true});
  AIPOL_CHECK(compiled, "the set compiles");
  set.compilation = std::move(*compiled);
  for (const auto& diagnostic : set.compilation->diagnostics.all())
    fmt::print("{}", diagnostics::render(diagnostic, set.compilation->files, false));
  AIPOL_CHECK(!set.compilation->failed(), "the set has no errors");
  compiler::NativeCode& native = set.compilation->native;
  auto program = decision::Program::load(
      std::move(set.compilation->plan), set.compilation->layout,
      {std::move(native.stages), std::move(native.values), std::move(native.memory)});
  AIPOL_CHECK(program, "the program loads");
  set.program = std::move(*program);
  auto assets = enforce::load_assets(set.program->plan(), ".");
  AIPOL_CHECK(assets, "the assets load");
  set.assets = std::move(*assets);
  return set;
}

void measure(const Set& set, std::string_view what, testing::RunOptions options) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    testing::Run run = testing::run_tests(set.program, set.assets, set.compilation->tests, options);
    AIPOL_CHECK(run.failed() == 0, "every test passes");
    times.push_back(milliseconds(run.took));
  }
  std::ranges::sort(times);
  fmt::print("{:24} min {:8.2f}  median {:8.2f}  max {:8.2f} ms\n", what, times.front(),
             times[times.size() / 2], times.back());
}

}  // namespace

int main(int argc, char** argv) {
  int count = argc > 1 ? std::atoi(argv[1]) : 1000, size = argc > 2 ? std::atoi(argv[2]) : 1000;
  Set set = load(policies(size) + tests(count, size));
  fmt::print("{} tests over {} policies, {} runs each\n", set.compilation->tests.size(), size,
             runs);
  unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  measure(set, "one thread", {.jobs = 1});
  measure(set, fmt::format("{} threads", cores), {.jobs = cores});
  measure(set, "one thread, coverage", {.jobs = 1, .wanted = {.coverage = true}});
  return 0;
}
