#include "cli/commands/fix.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/replace_file.h"
#include "cli/output/unified_diff.h"
#include "compiler/diagnostics/fixes.h"

namespace aipol::cli {

using compiler::Compilation;
using source::Files;

namespace {

constexpr int most_rounds = 20;

Files with(const Files& files, const std::map<source::FileId, diagnostics::FixedFile>& fixes) {
  Files changed;
  for (source::FileId file = 0; file < files.size(); ++file) {
    auto fixed = fixes.find(file);
    changed.add(files[file].path(),
                fixed == fixes.end() ? std::string(files[file].text()) : fixed->second.text);
  }
  return changed;
}

// It ended at an earlier step, or at the same one with more errors.
bool worse(const Compilation& now, const Compilation& before) {
  compiler::Step reached = now.timings.back().step, earlier = before.timings.back().step;
  if (reached != earlier) return reached < earlier;
  return now.diagnostics.errors() > before.diagnostics.errors();
}

}  // namespace

Result<Fixed> compile_and_fix(const std::vector<std::string>& paths, compiler::Wanted wanted) {
  Result<Files> original = source::read_policy_set(paths);
  if (!original) return std::unexpected(original.error());
  Files files = *original;
  auto compilation = compiler::compile(files, wanted);
  if (!compilation) return std::unexpected(compilation.error());
  std::vector<size_t> fixed(files.size());
  for (int round = 0; round < most_rounds; ++round) {
    auto fixes = diagnostics::apply_fixes((*compilation)->diagnostics, files);
    if (fixes.empty()) break;
    Files changed = with(files, fixes);
    auto next = compiler::compile(changed, wanted);
    if (!next) return std::unexpected(next.error());
    if (worse(**next, **compilation)) break;
    for (const auto& [file, fix] : fixes) fixed[file] += fix.fixed;
    files = std::move(changed);
    compilation = std::move(next);
  }
  Fixed out{std::move(*compilation), {}};
  for (source::FileId file = 0; file < files.size(); ++file) {
    if (files[file].text() == (*original)[file].text()) continue;
    out.files.push_back({files[file].path(), std::string((*original)[file].text()),
                         std::string(files[file].text()), fixed[file]});
  }
  return out;
}

Result<void> write_fixes(const Fixed& fixed) {
  for (const ChangedFile& file : fixed.files) {
    Result<void> written = replace_file(file.path, file.before, file.after);
    if (!written) return written;
  }
  return {};
}

std::string fixes_text(const Fixed& fixed, bool dry_run) {
  if (fixed.files.empty()) return {};
  size_t count = 0;
  std::string files;
  for (const ChangedFile& file : fixed.files) {
    count += file.fixed;
    files += (files.empty() ? "" : ", ") + file.path;
  }
  return fmt::format("{} {} in {}\n", dry_run ? "would fix" : "fixed", count, files);
}

std::string fixes_diff(const Fixed& fixed) {
  std::string out;
  for (const ChangedFile& file : fixed.files)
    out += unified_diff(file.path, file.before, file.after);
  for (const std::string& secret : fixed.compilation->secrets) {
    if (secret.empty()) continue;
    for (size_t at = out.find(secret); at != std::string::npos; at = out.find(secret, at))
      out.replace(at, secret.size(), "***");
  }
  return out;
}

}  // namespace aipol::cli
