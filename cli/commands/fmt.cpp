#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "cli/commands/command.h"
#include "cli/commands/policy_set.h"
#include "cli/commands/replace_file.h"
#include "cli/output/diagnostics.h"
#include "cli/output/formatting.h"
#include "compiler/reformat.h"

namespace aipol::cli {

namespace {

using State = FormattedFile::State;

struct FmtOptions {
  PolicySetOptions set;
  bool check = false, diff = false, to_stdout = false;

  bool from_stdin() const { return set.paths == std::vector<std::string>{"-"}; }
  bool writes() const { return !check && !diff && !to_stdout && !from_stdin(); }
  bool prints_texts() const { return to_stdout || (from_stdin() && !check && !diff); }
};

Result<source::Files> read(const FmtOptions& options) {
  if (!options.from_stdin()) return source::read_policy_set(options.set.paths);
  source::Files files;
  files.add("<stdin>", {std::istreambuf_iterator<char>(std::cin), {}});
  return files;
}

FormattedFile formatted(const source::Files& files, source::FileId id,
                        diagnostics::Diagnostics& diagnostics) {
  using Outcome = compiler::Reformatted::Outcome;
  const source::File& file = files[id];
  compiler::Reformatted result = compiler::reformat(files, id, diagnostics);
  if (result.outcome == Outcome::errors) return {file.path(), State::errors, {}, {}};
  if (result.outcome == Outcome::unequal) return {file.path(), State::refused, {}, {}};
  State state = file.text() == result.text ? State::unchanged : State::changed;
  return {file.path(), state, std::string(file.text()), std::move(result.text)};
}

// What keeps files from being written; false where something did.
bool write(const std::vector<FormattedFile>& files) {
  bool all = true;
  for (const FormattedFile& file : files) {
    if (file.state != State::changed) continue;
    Result<void> written = replace_file(file.path, file.before, file.after);
    if (written) continue;
    fail(written.error().message);
    all = false;
  }
  return all;
}

void print(const FmtOptions& options, const std::vector<FormattedFile>& files,
           const diagnostics::Diagnostics& diagnostics, const source::Files& sources) {
  if (options.set.json()) {
    fmt::print("{}", formatting_json(files, diagnostics, sources));
    return;
  }
  fmt::print(stderr, "{}",
             diagnostics_text(diagnostics, sources, options.set.coloured(STDERR_FILENO)));
  if (options.prints_texts()) {
    for (const FormattedFile& file : files) fmt::print("{}", file.after);
  } else if (options.diff) {
    fmt::print("{}", formatting_diff(files));
  } else {
    fmt::print("{}", formatting_text(files, options.writes()));
  }
}

int status_of(const FmtOptions& options, const std::vector<FormattedFile>& files) {
  auto any = [&](State state) {
    return std::ranges::count(files, state, &FormattedFile::state) > 0;
  };
  bool held_back = (options.check || options.diff) && any(State::changed);
  return any(State::refused) ? unusable : any(State::errors) || held_back ? findings : well;
}

int run_fmt(const FmtOptions& options) {
  Result<source::Files> sources = read(options);
  if (!sources) return fail(sources.error().message);
  diagnostics::Diagnostics diagnostics;
  std::vector<FormattedFile> files;
  for (source::FileId id = 0; id < sources->size(); ++id) {
    files.push_back(formatted(*sources, id, diagnostics));
    if (files.back().state != State::refused) continue;
    fail(fmt::format(
        "{}: left as it is: formatted it would not mean the same; this is a mistake of aipol, "
        "please report it",
        files.back().path));
  }
  bool written = !options.writes() || write(files);
  print(options, files, diagnostics, *sources);
  return written ? status_of(options, files) : unusable;
}

}  // namespace

Run add_fmt(CLI::App& command) {
  auto options = std::make_shared<FmtOptions>();
  options->set.add_to(command);
  options->set.add_format_to(command);
  auto* check = command.add_flag("--check", options->check,
                                 "write nothing; list the files that are not formatted and exit 1");
  auto* diff = command.add_flag("--diff", options->diff,
                                "write nothing; print what would change and exit 1");
  command.add_flag("--stdout", options->to_stdout, "write nothing; print the formatted text")
      ->excludes(check)
      ->excludes(diff);
  command.footer(
      "The PATH - is standard input, formatted to standard output: for editors.\n\n"
      "Examples:\n  aipol fmt policies/\n  aipol fmt --check policies/\n"
      "  aipol fmt --diff one.aipol\n  aipol fmt - < one.aipol");
  return [options] { return run_fmt(*options); };
}

}  // namespace aipol::cli
