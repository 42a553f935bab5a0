#include "compiler/lint/lint.h"

#include <algorithm>
#include <map>

#include "compiler/lint/silence.h"

namespace aipol::lint {

namespace {

// These two speak of the comments themselves, so that no comment silences them.
constexpr std::string_view without_reason = "silence-without-reason";
constexpr std::string_view unused = "unused-silence";

class Run {
 public:
  Run(const Subject& subject, std::span<const Lint> lints) : subject_(subject), lints_(lints) {}

  void run(diagnostics::Diagnostics& diagnostics) {
    std::deque<Diagnostic> found;
    for (const Lint& lint : lints_) {
      if (lint.look == nullptr) continue;  // found below
      Context context(subject_, lint.code, lint.name, found);
      lint.look(context);
    }
    for (const ast::Tree& tree : subject_.trees) {
      if (!subject_.files[tree.file].builtin())
        silences_[tree.file] = silences_of(tree, subject_.files[tree.file]);
    }
    for (Diagnostic& diagnostic : found) {
      if (!silenced(diagnostic)) diagnostics.add(std::move(diagnostic));
    }
    std::deque<Diagnostic> of_silences;
    for (const auto& [file, silences] : silences_) {
      for (const Silence& silence : silences) judge(silence, of_silences);
    }
    for (Diagnostic& diagnostic : of_silences) diagnostics.add(std::move(diagnostic));
    diagnostics.sort_by_place();
  }

 private:
  bool silenced(const Diagnostic& diagnostic) {
    auto file = silences_.find(diagnostic.span.file);
    if (file == silences_.end()) return false;
    uint32_t line = subject_.files[diagnostic.span.file].locate(diagnostic.span.begin).line;
    bool found = false;
    for (Silence& silence : file->second) {
      bool here = silence.name == diagnostic.name && silence.lines.contains(line);
      // Without a reason it silences all the same: the lint about it is enough.
      silence.used = silence.used || here;
      found = found || here;
    }
    return found;
  }

  Context context(std::string_view name, std::deque<Diagnostic>& found) const {
    auto row = std::ranges::find(lints_, name, &Lint::name);
    return {subject_, row->code, row->name, found};
  }

  void judge(const Silence& silence, std::deque<Diagnostic>& found) const {
    std::vector<std::string> names;
    for (const Lint& lint : lints_) names.emplace_back(lint.name);
    if (std::ranges::find(names, silence.name) == names.end()) {
      context(unused, found)
          .report(silence.name_span, "there is no lint `{}`", silence.name)
          .suggest(silence.name, names);
    } else if (!silence.used) {
      context(unused, found)
          .report(silence.name_span, "`{}` has nothing to say here", silence.name)
          .help("remove the comment");
    } else if (silence.reason.empty()) {
      context(without_reason, found)
          .report(silence.span, "this silences `{}` without a reason", silence.name)
          .help("say why behind the bracket: `// aipol: allow({}) …`", silence.name);
    }
  }

  const Subject& subject_;
  std::span<const Lint> lints_;
  std::map<source::FileId, std::vector<Silence>> silences_;
};

}  // namespace

void lint(const Subject& subject, std::span<const Lint> lints,
          diagnostics::Diagnostics& diagnostics) {
  Run(subject, lints).run(diagnostics);
}

}  // namespace aipol::lint
