// From two compiled policy sets to what a change of them means: sets of a thousand policies of
// which so many were edited, beside the compilation of one of them.
//   bench_diff [POLICIES…]
#include <fmt/format.h>

#include <stdexcept>

#include "compiler/compile.h"
#include "difference/difference.h"
#include "tests/support/timing.h"

namespace aipol::bench {

namespace {

using compiler::Compilation;
using Policy = std::string (*)(int number, bool edited);

constexpr std::string_view declarations = R"(
extend principal { team: string = "" }
identity keys : api_key { file: "keys.json" }
provider local { kind: echo }
model "a" { provider: local }
model "b" { provider: local }
endpoint "/v1/chat/completions" { accepts: chat }
endpoint "/t/**" { accepts: chat, model: "a" }
policy known { allow when principal.kind != anonymous }
)";

// Each policy has a subject of its own: a path, a caller, a header, a tenant.
std::string apart(int i, bool edited) {
  std::string_view x = edited ? "x" : "";
  switch (i % 5) {
    case 0:
      return fmt::format(
          "policy r{0} {{ on \"/t/{0}/**\" deny 403 \"no {0}\" when principal.team == "
          "\"team{0}{1}\" and model.name == "
          "\"a\" }}\n",
          i, x);
    case 1:
      return fmt::format(
          "policy r{0} {{ deny when principal.id == \"u{0}{1}\" and (ai.max_tokens ?? 0) > {0} "
          "}}\n",
          i, x);
    case 2:
      return fmt::format(
          "policy r{0} {{ on \"/t/{0}\" tag \"l{0}\" when \"role{0}{1}\" in principal.roles }}\n",
          i, x);
    case 3:
      return fmt::format(
          "policy r{0} {{ deny 402 when (request.header(\"x-{0}\") ?? \"\") == \"v{1}\" }}\n", i,
          x);
    default:
      return fmt::format("policy r{0} {{ require principal.tenant != \"t{0}{1}\" else \"no\" }}\n",
                         i, x);
  }
}

// All are about one path, and many may allow and refuse the same request.
std::string together(int i, bool edited) {
  int other = edited ? 1 : 0;
  return fmt::format(
      "policy team_{0} {{\n  on \"/v1/chat/completions\"\n  when principal.team == \"team-{1}\" "
      "and model.name == \"{2}\"\n"
      "  require \"role-{3}\" in principal.roles else 403 \"role-{3} is needed\"\n"
      "  deny 429 when request.size > {4}\n  allow\n}}\n",
      i, i / 4, i % 2 == 0 ? "a" : "b", (i + other) % 12, 1000 + i % 7);
}

std::unique_ptr<Compilation> compiled(Policy policy, int policies, int edits) {
  std::string text(declarations);
  int every = edits == 0 ? policies + 1 : policies / edits;
  for (int i = 0; i < policies; ++i) text += policy(i, i % every == every - 1);
  source::Files files;
  files.add("bench.aipol", std::move(text));
  auto made =
      std::move(compiler::compile(std::move(files), {.last = compiler::Step::index}).value());
  if (made->failed()) throw std::runtime_error("the set does not compile");
  return made;
}

void measure(std::string_view name, Policy policy, int policies) {
  double start = thread_ns();
  auto before = compiled(policy, policies, 0);
  double once = (thread_ns() - start) / 1e6;
  fmt::print("{}, {} policies, compiled in {:.0f} ms\n", name, policies, once);
  fmt::print("{:>8}  {:>8}  {:>8}  {:>8}  {:>14}\n", "edits", "changes", "unknown", "ms",
             "of compilation");
  for (int edits : {1, 10, policies / 12, policies / 4, policies}) {
    auto after = compiled(policy, policies, edits);
    start = thread_ns();
    auto difference = difference::compare(*before, *after, {});
    double took = (thread_ns() - start) / 1e6;
    if (!difference) throw std::runtime_error(difference.error().message);
    size_t changes = 0, unknown = 0;
    for (const difference::Edited& edited : difference->edits) {
      changes += edited.changes.size();
      unknown += edited.unknown.size();
    }
    fmt::print("{:>8}  {:>8}  {:>8}  {:>8.0f}  {:>14.1f}\n", edits, changes, unknown, took,
               took / once);
  }
}

}  // namespace

}  // namespace aipol::bench

int main(int argc, char** argv) {
  using namespace aipol::bench;
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::stoi(argv[i]));
  if (sizes.empty()) sizes = {1000};
  for (int size : sizes) {
    measure("apart", apart, size);
    measure("together", together, size);
  }
}
