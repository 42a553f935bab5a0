// What `check` and `lint` share: they compile, perhaps fix, and print what they found.
#pragma once

#include "cli/commands/fix.h"

namespace aipol::cli {

struct FindingsOptions {
  PolicySetOptions set;
  bool fix = false;
  bool dry_run = false;
  bool deny_warnings = false;

  void add_to(CLI::App& command);
};

// The compilation; with `--fix` after the fixes are written, or with `--dry-run` shown.
Result<Fixed> compile_as_asked(const FindingsOptions& options, compiler::Wanted wanted);

void print_findings(const FindingsOptions& options, const compiler::Compilation& compilation);

// `well`, or `findings` where errors are left, warnings that are denied, or changes that a dry run
// held back.
int status_of(const FindingsOptions& options, const Fixed& fixed);

}  // namespace aipol::cli
