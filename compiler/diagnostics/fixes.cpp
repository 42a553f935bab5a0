#include "compiler/diagnostics/fixes.h"

#include <algorithm>

namespace aipol::diagnostics {

namespace {

using Chosen = std::map<source::FileId, std::vector<const Fix*>>;

// Two insertions at one place meet too: which comes first would be chance.
bool meet(Span a, Span b) {
  if (a.file != b.file) return false;
  return (a.begin < b.end && b.begin < a.end) || a.begin == b.begin;
}

bool can_be_taken(const Diagnostic& diagnostic, const Chosen& chosen, const source::Files& files) {
  return std::ranges::all_of(diagnostic.fixes, [&](const Fix& fix) {
    if (fix.span.file >= files.size() || files[fix.span.file].builtin()) return false;
    auto taken = chosen.find(fix.span.file);
    return taken == chosen.end() || std::ranges::none_of(taken->second, [&](const Fix* other) {
             return meet(other->span, fix.span);
           });
  });
}

std::string with(std::string_view text, std::vector<const Fix*> fixes) {
  std::ranges::sort(fixes, {}, [](const Fix* fix) { return fix->span.begin; });
  std::string out;
  uint32_t at = 0;
  for (const Fix* fix : fixes) {
    out += text.substr(at, fix->span.begin - at);
    out += fix->replacement;
    at = fix->span.end;
  }
  return out.append(text.substr(at));
}

}  // namespace

std::map<source::FileId, FixedFile> apply_fixes(const Diagnostics& diagnostics,
                                                const source::Files& files) {
  Chosen chosen;
  std::map<source::FileId, FixedFile> out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.fixes.empty() || !can_be_taken(diagnostic, chosen, files)) continue;
    for (const Fix& fix : diagnostic.fixes) chosen[fix.span.file].push_back(&fix);
    ++out[diagnostic.fixes.front().span.file].fixed;
  }
  for (auto& [file, fixes] : chosen) out[file].text = with(files[file].text(), std::move(fixes));
  return out;
}

}  // namespace aipol::diagnostics
