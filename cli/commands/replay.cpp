#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "cli/commands/command.h"
#include "cli/commands/line_file.h"
#include "cli/commands/policy_set.h"
#include "cli/commands/replay_set.h"
#include "cli/commands/write_file.h"
#include "cli/output/byte_progress.h"
#include "cli/output/replay.h"
#include "replay/file_lines.h"
#include "replay/merge.h"
#include "replay/replay.h"
#include "replay/report_json.h"

namespace aipol::cli {

namespace {

struct ReplayOptions {
  PolicySetOptions set;  // its form of results; its paths are `policy`
  std::vector<std::string> logs, policy, against, gates;
  std::string shard, partial, changes;
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
  bool failed = std::ranges::any_of(gates, [&](const auto& gate) { return gate.fails(report); });
  return failed ? findings : well;
}

int run_replay(ReplayOptions& options) {
  if (options.logs.empty()) return fail("name the logs to replay; `-` is standard input");
  if (options.policy.empty()) return fail("--policy names the policies to replay them with");
  if (!options.shard.empty()) {
    options.run.shard = shard_of(options.shard);
    if (!options.run.shard)
      return fail(fmt::format("--shard: `{}` is not NUMBER/OF, such as 1/8", options.shard));
  }
  auto gates = gates_of(options);
  if (!gates) return gates.error();
  auto lines = replay::FileLines::open(options.logs);
  if (!lines) return fail(lines.error().message);
  auto to = load_replay_set(options.set, options.policy);
  if (!to) return to.error();
  std::optional<replay::PolicySet> from;
  if (!options.against.empty()) {
    auto loaded = load_replay_set(options.set, options.against);
    if (!loaded) return loaded.error();
    from = std::move(*loaded);
  }
  ByteProgress progress;
  options.run.progress = [&](const replay::LineSource& source) {
    progress.show(source.done(), source.total());
  };
  std::unique_ptr<LineFile> changes;
  if (!options.changes.empty()) {
    auto file = LineFile::create(options.changes);
    if (!file) return fail(file.error().message);
    changes = std::move(*file);
    options.run.changes = [&](std::string_view some) { changes->write(some); };
  }
  auto report = replay::run(**lines, from ? &*from : nullptr, *to, options.run);
  if (!report) return fail(report.error().message);
  if (changes) {
    if (auto done = changes->close(); !done) return fail(done.error().message);
  }
  if (report->records == 0 && report->unreadable == 0 && !options.run.shard)
    return fail(fmt::format("{}: no record of a request in it", fmt::join(options.logs, ", ")));
  if (report->records == 0 && report->unreadable > 0)
    return fail(fmt::format("{}: no line of it is a record: {}", fmt::join(options.logs, ", "),
                            report->reasons.kept().empty()
                                ? std::string("of many reasons")
                                : report->reasons.kept().begin()->first.second));
  return show(options, *report, *gates);
}

int run_merge(const ReplayOptions& options) {
  auto gates = gates_of(options);
  if (!gates) return gates.error();
  auto report = replay::merge_files(options.parts);
  if (!report) return fail(report.error().message);
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
  command.add_option("LOG", options->logs, "records of requests; `-` is standard input");
  command.add_option("--policy", options->policy, "policies to decide with; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command
      .add_option("--against", options->against,
                  "policies to compare with; without, the decisions that are recorded")
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
      "  aipol replay traffic.jsonl --policy new/ --shard 1/8 --partial 1.json\n"
      "  aipol replay merge *.json --format markdown");
  return [options, merge] { return merge->parsed() ? run_merge(*options) : run_replay(*options); };
}

}  // namespace aipol::cli
