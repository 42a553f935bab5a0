#include <fmt/format.h>

#include "cli/commands/command.h"
#include "cli/commands/log_options.h"

namespace aipol::cli {

namespace {

using namespace replay;

struct Totals {
  uint64_t records = 0, unreadable = 0, passed_over = 0;
};

void print(const logs::Source& source, const logs::Block& block, Totals& totals) {
  fmt::print("{}", block.text);
  std::fflush(stdout);
  for (const logs::Unreadable& one : block.unreadable)
    fmt::print(stderr, "{}:{}: {}\n", source.names()[block.file], one.line, one.reason);
  totals.records += block.lines.size();
  totals.unreadable += block.unreadable.size();
  totals.passed_over += block.passed_over;
}

int run_logs(const LogOptions& options) {
  Result<logs::Source> source = options.open();
  if (!source) return fail(source.error().message);
  Totals totals;
  for (logs::RawBlock raw;;) {
    Result<bool> more = source->next(raw);
    if (!more) return fail(more.error().message);
    if (!*more) break;
    print(*source, source->translate(raw), totals);
  }
  fmt::print(stderr, "{} records, {} unreadable, {} passed over\n", totals.records,
             totals.unreadable, totals.passed_over);
  return totals.unreadable == 0 ? well : findings;
}

}  // namespace

Run add_logs(CLI::App& command) {
  auto options = std::make_shared<LogOptions>();
  options->add_to(command, "FILE")->required();
  command.footer(
      "Prints a record a line, as `eval` and `replay` read them; what can not be read is told with "
      "its "
      "line on\nstandard error, and the exit status is 1.\n\n"
      "Examples:\n  aipol logs calls.har\n  aipol logs litellm.jsonl.gz | aipol eval policies/ "
      "--request "
      "-\n"
      "  aipol logs own.jsonl --mapping own.json");
  return [options] { return run_logs(*options); };
}

}  // namespace aipol::cli
