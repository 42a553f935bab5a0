#include <fmt/format.h>
#include <unistd.h>

#include <cstring>

#include "base/clock.h"
#include "cli/commands/command.h"
#include "cli/output/audit.h"
#include "runtime/audit/log_files.h"
#include "runtime/audit/query.h"
#include "runtime/audit/verify.h"

namespace aipol::cli {

namespace {

struct AuditOptions {
  std::vector<std::string> files;
  std::string format = "text";
  bool restarts = false;
  std::string holds;
  audit::Query query;
  std::string since, until, decision;
  uint64_t limit = 0;

  bool json() const { return format == "json"; }
};

Result<audit::VerifyOptions> verify_options(const AuditOptions& options) {
  audit::VerifyOptions out{options.restarts, {}};
  if (options.holds.empty()) return out;
  out.holds = audit::parse_hash(options.holds);
  if (!out.holds)
    return failure(
        fmt::format("`{}` is no hash; it has 64 lower-case hexadecimal digits", options.holds));
  return out;
}

int run_verify(const AuditOptions& options) {
  Result<audit::VerifyOptions> how = verify_options(options);
  if (!how) return fail(how.error().message);
  std::vector<VerifiedLog> logs;
  int status = well;
  for (const std::string& file : options.files) {
    Result<audit::Verified> verified = audit::verify_log(file, *how);
    if (!verified) return fail(verified.error().message);
    if (verified->finding) status = findings;
    if (!options.json()) fmt::print("{}", verified_text(file, *verified));
    logs.push_back({file, std::move(*verified)});
  }
  if (options.json()) fmt::print("{}\n", verified_json(logs));
  return status;
}

Result<void> complete(AuditOptions& options) {
  int64_t now = SystemClock().now();
  auto moment = [now](const std::string& text, std::optional<int64_t>& into) -> Result<void> {
    if (text.empty()) return {};
    into = audit::parse_moment(text, now);
    if (into) return {};
    return failure(fmt::format(
        "`{}` is not a time; write it as 2027-01-01T00:00:00Z, 2027-01-01 or 12h", text));
  };
  if (Result<void> done = moment(options.since, options.query.since); !done) return done;
  if (!options.decision.empty()) options.query.decision = options.decision;
  return moment(options.until, options.query.until);
}

// Prints what matches; false where it is enough.
bool show(const AuditOptions& options, std::string_view line, uint64_t& shown, uint64_t& odd) {
  audit::Match match = audit::matches(options.query, line);
  odd += match == audit::Match::no_record ? 1 : 0;
  if (match != audit::Match::yes) return true;
  fmt::print("{}\n", options.json() ? std::string(line) : audit::describe(line));
  return ++shown != options.limit;
}

int query_log(const AuditOptions& options, const std::string& log, uint64_t& shown) {
  using Got = audit::LineReader::Got;
  Result<audit::LogFiles> files = audit::LogFiles::open(log);
  if (!files) return fail(files.error().message);
  std::string_view line;
  uint64_t odd = 0;
  for (Got got = files->next(line); got != Got::end; got = files->next(line)) {
    if (got == Got::too_long)
      return fail(fmt::format("{}:{}: the line is longer than any record", files->file(),
                              files->line_number() + 1));
    if (got == Got::failed)
      return fail(fmt::format("{}: cannot be read: {}", files->file(), std::strerror(errno)));
    if (got == Got::line && !show(options, line, shown, odd)) break;
  }
  if (odd > 0) fmt::print(stderr, "{}: {} lines are no records\n", log, odd);
  return well;
}

int run_query(AuditOptions& options) {
  if (Result<void> done = complete(options); !done) return fail(done.error().message);
  uint64_t shown = 0;
  for (const std::string& file : options.files) {
    if (int status = query_log(options, file, shown); status != well) return status;
    if (options.limit != 0 && shown >= options.limit) break;
  }
  return well;
}

void add_common(CLI::App& command, AuditOptions& options) {
  command
      .add_option("FILE", options.files,
                  "a log; the files that were put aside, FILE.000001 and so on, belong to it")
      ->required();
  command.add_option("--format", options.format, "how results are printed")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

void add_filters(CLI::App& command, AuditOptions& options) {
  command.add_option("--since", options.since,
                     "from this time on: 2027-01-01T00:00:00Z, or 12h ago");
  command.add_option("--until", options.until, "before this time");
  command.add_option("--principal", options.query.principals, "the caller's id; may be repeated");
  command.add_option("--policy", options.query.policies,
                     "a policy that decided or fired; may be repeated");
  command.add_option("--decision", options.decision, "what was decided")
      ->check(CLI::IsMember({"allow", "deny"}));
  command.add_option("--status", options.query.statuses, "what was answered; may be repeated");
  command.add_option("--model", options.query.models, "asked for or used; may be repeated");
  command.add_option("--id", options.query.ids, "of the request; may be repeated");
  command.add_option("--kind", options.query.kinds, "of the record; may be repeated")
      ->check(CLI::IsMember({"request", "alert", "shed", "resumed"}));
  command.add_option("--limit", options.limit, "no more records than this");
}

}  // namespace

Run add_audit(CLI::App& command) {
  auto options = std::make_shared<AuditOptions>();
  command.require_subcommand(1);
  CLI::App* verify =
      command.add_subcommand("verify", "find the first record that was changed, removed or moved");
  add_common(*verify, *options);
  verify->add_flag("--restarts", options->restarts,
                   "chains may begin anew, as those of standard output do with each process");
  verify->add_option("--holds", options->holds, "a record with this hash must be there");
  CLI::App* query = command.add_subcommand("query", "print the records that match");
  add_common(*query, *options);
  add_filters(*query, *options);
  command.footer(
      "Examples:\n  aipol audit verify audit.jsonl\n  aipol audit query audit.jsonl --since 24h "
      "--decision deny\n  aipol audit query audit.jsonl --policy budget --format json");
  return
      [options, verify] { return verify->parsed() ? run_verify(*options) : run_query(*options); };
}

}  // namespace aipol::cli
