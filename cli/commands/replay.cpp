#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <thread>

#include "cli/commands/command.h"
#include "cli/commands/line_file.h"
#include "cli/commands/log_options.h"
#include "cli/commands/policy_set.h"
#include "cli/commands/replay_bisect.h"
#include "cli/commands/replay_set.h"
#include "cli/commands/write_file.h"
#include "cli/output/byte_progress.h"
#include "cli/output/replay.h"
#include "cli/output/replay_bisection.h"
#include "replay/merge.h"
#include "replay/replay.h"
#include "replay/report_json.h"

namespace aipol::cli {

namespace {

namespace fs = std::filesystem;

struct ReplayOptions {
  PolicySetOptions set;  // its form of results; its paths are `policy`
  LogOptions logs;
  std::vector<std::string> policy, against, gates;
  std::string shard, partial, changes, bisect;
  replay::Options run;
  std::vector<std::string> parts;  // of merge
};

// "3/8"
std::optional<replay::Shard> shard_of(std::string_view text) {
  replay::Shard shard;
  size_t sign = text.find('/');
  auto number = [](std::string_view digits, uint32_t& into) {
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  bool plain = sign != text.npos && number(text.substr(0, sign), shard.number) &&
               number(text.substr(sign + 1), shard.of);
  return plain && shard.number >= 1 && shard.number <= shard.of ? std::optional(shard)
                                                                : std::nullopt;
}

std::expected<std::vector<replay::Gate>, int> gates_of(const ReplayOptions& options) {
  std::vector<replay::Gate> gates;
  for (const std::string& text : options.gates) {
    auto gate = replay::Gate::parse(text);
    if (!gate) return std::unexpected(fail("--fail-on " + gate.error().message));
    gates.push_back(std::move(*gate));
  }
  return gates;
}

int show(const ReplayOptions& options, const replay::Report& report,
         const std::vector<replay::Gate>& gates) {
  fmt::print("{}",
             replay_output(options.set.format, report, gates, options.set.coloured(STDOUT_FILENO)));
  if (!options.partial.empty()) {
    auto done = write_file(options.partial, replay::report_json(report) + "\n");
    if (!done) return fail(done.error().message);
  }
  return replay::any_fails(gates, report) ? findings : well;
}

// The logs decided with both sets.
Result<replay::Report> replayed(const ReplayOptions& options, const replay::PolicySet* from,
                                const replay::PolicySet& to) {
  auto lines = options.logs.open_lines();
  if (!lines) return std::unexpected(lines.error());
  replay::Options run = options.run;
  ByteProgress progress;
  run.progress = [&](const replay::LineSource& source) {
    progress.show(source.done(), source.total());
  };
  auto report = replay::run(**lines, from, to, run);
  if (!report) return report;
  std::string logs = fmt::format("{}", fmt::join(options.logs.paths, ", "));
  if (report->records == 0 && report->unreadable == 0 && !run.shard)
    return failure(fmt::format("{}: no record of a request in it", logs));
  if (report->records == 0 && report->unreadable > 0)
    return failure(fmt::format("{}: no line of it is a record: {}", logs,
                               report->reasons.kept().empty()
                                   ? std::string("of many reasons")
                                   : report->reasons.kept().begin()->first.second));
  return report;
}

// Of a set in a commit; nothing where it does not compile.
using SetsByCommit = std::map<std::string, std::optional<replay::PolicySet>>;

Result<std::optional<replay::Report>> replay_commits(const ReplayOptions& options,
                                                     SetsByCommit& sets, const std::string& before,
                                                     const std::string& after) {
  auto set_of = [&](const std::string& commit) -> const std::optional<replay::PolicySet>& {
    auto [at, made] = sets.try_emplace(commit);
    if (!made) return at->second;
    std::string path = fs::path(options.policy.front()).lexically_normal().string();
    std::string_view from_here = path == "." ? "" : "./";
    auto loaded = load_replay_set(options.set, {fmt::format("{}:{}{}", commit, from_here, path)});
    if (loaded) at->second = std::move(*loaded);
    return at->second;
  };
  const auto& from = set_of(before);
  if (!from) return failure(fmt::format("{}: its policies do not compile", before));
  const auto& to = set_of(after);
  if (!to) return std::nullopt;
  auto report = replayed(options, &*from, *to);
  if (!report) return std::unexpected(report.error());
  return std::move(*report);
}

int run_bisect(const ReplayOptions& options, const std::vector<replay::Gate>& gates) {
  bool alone = options.policy.size() == 1 && options.against.empty() && options.shard.empty() &&
               options.partial.empty() && options.changes.empty() &&
               !fs::path(options.policy.front()).is_absolute();
  if (!alone)
    return fail(
        "--bisect goes with one --policy, a path of the repository from here, and without "
        "--against, --shard, --partial and --changes");
  if (std::ranges::find(options.logs.paths, "-") != options.logs.paths.end())
    return fail("--bisect reads the logs more than once; name files");
  auto range = revision::range_of(options.bisect);
  if (!range) return fail("--bisect: " + range.error().message);
  SetsByCommit sets;
  auto found = bisect(
      *range, options.policy.front(),
      [&](const std::string& before, const std::string& after) {
        return replay_commits(options, sets, before, after);
      },
      [&](const replay::Report& report) {
        return gates.empty() ? report.changed > 0 : replay::any_fails(gates, report);
      });
  if (!found) return fail(found.error().message);
  fmt::print("{}", bisection_output(options.set.format, *found, gates,
                                    options.set.coloured(STDOUT_FILENO)));
  return found->found() ? findings : well;
}

int run_replay(ReplayOptions& options) {
  if (options.logs.paths.empty()) return fail("name the logs to replay; `-` is standard input");
  if (options.policy.empty()) return fail("--policy names the policies to replay them with");
  if (!options.shard.empty()) {
    options.run.shard = shard_of(options.shard);
    if (!options.run.shard)
      return fail(fmt::format("--shard: `{}` is not NUMBER/OF, such as 1/8", options.shard));
  }
  auto gates = gates_of(options);
  if (!gates) return gates.error();
  if (!options.bisect.empty()) return run_bisect(options, *gates);
  auto to = load_replay_set(options.set, options.policy);
  if (!to) return to.error();
  std::optional<replay::PolicySet> from;
  if (!options.against.empty()) {
    auto loaded = load_replay_set(options.set, options.against);
    if (!loaded) return loaded.error();
    from = std::move(*loaded);
  }
  std::unique_ptr<LineFile> changes;
  if (!options.changes.empty()) {
    auto file = LineFile::create(options.changes);
    if (!file) return fail(file.error().message);
    changes = std::move(*file);
    options.run.changes = [&](std::string_view some) { changes->write(some); };
  }
  auto report = replayed(options, from ? &*from : nullptr, *to);
  if (!report) return fail(report.error().message);
  if (changes) {
    if (auto done = changes->close(); !done) return fail(done.error().message);
  }
  return show(options, *report, *gates);
}

int run_merge(const ReplayOptions& options) {
  auto gates = gates_of(options);
  if (!gates) return gates.error();
  auto report = replay::merge_files(options.parts);
  if (!report) return fail(report.error().message);
  if (!gates->empty() && report->shards.size() < report->of)
    return fail(fmt::format("{} of {} shards are missing, and --fail-on is about all of them",
                            report->of - report->shards.size(), report->of));
  return show(options, *report, *gates);
}

void add_results(CLI::App& command, ReplayOptions& options) {
  std::vector<std::string> forms = replay_formats();
  forms.erase(forms.begin());
  options.set.add_format_to(command, forms);
  command
      .add_option("--fail-on", options.gates,
                  fmt::format("exit 1 where more than that of the records are {}; `>0` where only "
                              "the name stands; may be repeated",
                              fmt::join(replay::Gate::measures(), ", ")))
      ->type_name("MEASURE>NUMBER[%]")
      ->delimiter(',')
      ->allow_extra_args(false);
}

}  // namespace

Run add_replay(CLI::App& command) {
  auto options = std::make_shared<ReplayOptions>();
  options->run.threads = std::clamp(std::thread::hardware_concurrency(), 1u, 64u);
  options->logs.add_to(command, "LOG");
  command
      .add_option("--policy", options->policy,
                  "policies to decide with, or REV:PATH of the Git repository; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command
      .add_option("--against", options->against,
                  "policies to compare with, named alike; without, the decisions that are recorded")
      ->type_name("PATH")
      ->allow_extra_args(false);
  add_results(command, *options);
  command
      .add_option("--team", options->run.team,
                  "the attribute of principals that says whose a request is")
      ->capture_default_str();
  command
      .add_option("--window", options->run.window,
                  "records that may wait to be put in the order of their times")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command.add_option("--jobs", options->run.threads, "threads")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  command.add_option("--shard", options->shard, "only this part of the records")
      ->type_name("NUMBER/OF");
  command.add_option("--partial", options->partial, "write what `aipol replay merge` reads")
      ->type_name("FILE");
  command
      .add_option("--bisect", options->bisect,
                  "name the commit that changes what the logs are answered, or after which "
                  "--fail-on fails")
      ->type_name("OLD..NEW");
  command
      .add_option("--changes", options->changes,
                  "write a line of JSON for each record that is decided otherwise, goes to another "
                  "model, or is undetermined")
      ->type_name("FILE");
  CLI::App* merge = command.add_subcommand("merge", "add up what shards wrote with --partial");
  merge->add_option("FILE", options->parts, "the parts")->required();
  add_results(*merge, *options);
  merge->add_option("--partial", options->partial, "write the sum, to be merged again")
      ->type_name("FILE");
  command.footer(
      "Examples:\n  aipol replay audit.jsonl --policy policies/\n"
      "  aipol replay traffic.jsonl --policy new/ --against old/ --fail-on 'newly-denied>0.1%'\n"
      "  aipol replay traffic.jsonl --policy policies/ --bisect v1.4..main\n"
      "  aipol replay traffic.jsonl --policy new/ --shard 1/8 --partial 1.json\n"
      "  aipol replay merge *.json --format markdown");
  return [options, merge] { return merge->parsed() ? run_merge(*options) : run_replay(*options); };
}

}  // namespace aipol::cli
