#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/commands/cache_folder.h"
#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/output/differences.h"
#include "revision/checkout.h"

namespace aipol::cli {

namespace {

struct DiffOptions {
  PolicySetOptions set;  // its form of results
  std::string before, after, traffic;
  std::vector<std::string> fail_on;
};

// One of the sets: compiled, and where it lies.
struct CompiledSet {
  std::optional<revision::Checkout> checkout;  // its documents are there
  std::string folder;
  std::unique_ptr<compiler::Compilation> made;
};

// Files are called what they are called in the revision.
Result<source::Files> read(const std::string& name, CompiledSet& set) {
  auto at = revision::named(name);
  if (!at) {
    set.folder = folder_of({name});
    return source::read_policy_set({name});
  }
  auto checkout = revision::Checkout::make(*at);
  if (!checkout) return std::unexpected(checkout.error());
  set.checkout = std::move(*checkout);
  set.folder = folder_of({set.checkout->path()});
  auto files = source::read_policy_set({set.checkout->path()});
  if (!files) return failure(fmt::format("{}: holds no policy files", name));
  source::Files out;
  for (source::FileId file = 0; file < files->size(); ++file) {
    const source::File& one = (*files)[file];
    out.add(set.checkout->original(*at, one.path()), std::string(one.text()), one.builtin());
  }
  return out;
}

std::expected<CompiledSet, int> compile(const std::string& name, const DiffOptions& options) {
  CompiledSet out;
  auto files = read(name, out);
  if (!files) return std::unexpected(fail(files.error().message));
  auto made = compiler::compile(std::move(*files), {.last = compiler::Step::index});
  // Warnings are for those who write the sets.
  if (!made || (*made)->failed()) {
    auto reported = report(options.set, std::move(made));
    return std::unexpected(reported ? findings : reported.error());
  }
  out.made = std::move(*made);
  return out;
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
  auto difference =
      difference::compare(*before->made, *after->made,
                          {{before->folder, after->folder}, cache_folder(), options.traffic});
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
