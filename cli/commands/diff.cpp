#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/named_set.h"
#include "cli/commands/policy_set.h"
#include "cli/output/differences.h"

namespace aipol::cli {

namespace {

struct DiffOptions {
  PolicySetOptions set;  // its form of results
  std::string before, after, traffic;
  std::vector<std::string> fail_on;
};

// One of the sets, compiled. Its documents are where it was read from.
struct CompiledSet {
  NamedSet set;
  std::unique_ptr<compiler::Compilation> made;
};

std::expected<CompiledSet, int> compile(const std::string& name, const DiffOptions& options) {
  auto set = read_named_set({name});
  if (!set) return std::unexpected(fail(set.error().message));
  auto made = compiler::compile(std::move(set->files), {.last = compiler::Step::index});
  // Warnings are for those who write the sets.
  if (!made || (*made)->failed()) {
    auto reported = report(options.set, std::move(made));
    return std::unexpected(reported ? findings : reported.error());
  }
  return CompiledSet{std::move(*set), std::move(*made)};
}

std::string text_of(const difference::Difference& difference, const PolicySetOptions& options) {
  if (options.json()) return differences_json(difference);
  if (options.format == "markdown") return differences_markdown(difference);
  if (options.format == "html") return differences_html(difference);
  return differences_text(difference, options.coloured(STDOUT_FILENO));
}

bool fails(const difference::Difference& difference, const std::vector<std::string>& on) {
  using difference::Kind;
  auto asked = [&](std::string_view what) { return std::ranges::find(on, what) != on.end(); };
  // What is unknown may be any of them.
  bool unknown = !on.empty() && difference.unknown();
  return unknown || (asked("any") && !difference.equivalent()) ||
         (asked("newly-allowed") && difference.count(Kind::allowed) > 0) ||
         (asked("newly-denied") && difference.count(Kind::denied) > 0);
}

int run_diff(const DiffOptions& options) {
  auto before = compile(options.before, options);
  if (!before) return before.error();
  auto after = compile(options.after, options);
  if (!after) return after.error();
  auto difference = difference::compare(
      *before->made, *after->made,
      {{before->set.folder, after->set.folder}, cache_folder(), options.traffic});
  if (!difference) return fail(difference.error().message);
  fmt::print("{}", text_of(*difference, options.set));
  return fails(*difference, options.fail_on) ? findings : well;
}

}  // namespace

Run add_diff(CLI::App& command) {
  auto options = std::make_shared<DiffOptions>();
  command
      .add_option("OLD", options->before,
                  "a policy file or folder, or REV:PATH of the Git repository")
      ->required();
  command.add_option("NEW", options->after, "the same of what it is compared with")->required();
  command.add_option("--traffic", options->traffic,
                     "recorded requests, JSONL: how many meet each difference");
  command
      .add_option("--fail-on", options->fail_on,
                  "differences that make the exit status 1: newly-allowed, newly-denied, any")
      ->delimiter(',')
      ->check(CLI::IsMember({"newly-allowed", "newly-denied", "any"}));
  options->set.add_format_to(command, {"json", "markdown", "html"});
  command.footer(
      "Examples:\n  aipol diff HEAD~1:policies policies\n"
      "  aipol diff main:policies policies --fail-on newly-allowed --format markdown");
  return [options] { return run_diff(*options); };
}

}  // namespace aipol::cli
