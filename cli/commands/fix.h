// `--fix`: what diagnostics are certain of is put into the files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands/policy_set.h"

namespace aipol::cli {

struct ChangedFile {
  std::string path;
  std::string before, after;
  size_t fixed = 0;  // diagnostics
};

struct Fixed {
  std::unique_ptr<compiler::Compilation> compilation;  // of the texts as they are now
  std::vector<ChangedFile> files;
};

// Compiles and fixes until nothing changes any more; a fix that would make the set worse is not
// taken. Nothing is written.
Result<Fixed> compile_and_fix(const std::vector<std::string>& paths, compiler::Wanted wanted);

// Each file at once or not at all.
Result<void> write_fixes(const Fixed& fixed);

// "fixed 3 in a.aipol, b.aipol", or "would fix …", one line; empty where nothing was.
std::string fixes_text(const Fixed& fixed, bool dry_run);

// The changes as a diff.
std::string fixes_diff(const Fixed& fixed);

}  // namespace aipol::cli
