// What a lint sees of a policy set that has no errors, and how it reports.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include "compiler/ast/symbols.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/ir/policy_set.h"

namespace aipol::lint {

using diagnostics::Diagnostic;
using source::Span;

struct Subject {
  const source::Files& files;
  const std::vector<ast::Tree>& trees;
  const ast::Symbols& symbols;
  const ir::PolicySet& set;
};

class Context {
 public:
  static constexpr size_t most = 10'000;  // findings kept

  // Findings bear this code and name, which outlive them.
  Context(const Subject& subject_, std::string_view code, std::string_view name,
          std::deque<Diagnostic>& found)
      : subject(subject_), code_(code), name_(name), found_(found) {}

  const Subject& subject;

  // A warning at that place; labels, help and fixes may be added.
  template <class... A>
  Diagnostic& report(Span span, fmt::format_string<A...> text, A&&... arguments) {
    if (found_.size() >= most) return spare_ = {};
    found_.push_back({code_,
                      name_,
                      diagnostics::Severity::warning,
                      fmt::format(text, std::forward<A>(arguments)...),
                      span,
                      {},
                      {},
                      {},
                      {}});
    return found_.back();
  }

  std::string_view text(Span span) const {
    return subject.files[span.file].text().substr(span.begin, span.end - span.begin);
  }
  // The trees of the set itself, without the standard library's.
  std::vector<const ast::Tree*> own_trees() const {
    std::vector<const ast::Tree*> own;
    for (const ast::Tree& tree : subject.trees) {
      if (!subject.files[tree.file].builtin()) own.push_back(&tree);
    }
    return own;
  }

 private:
  std::string_view code_, name_;
  std::deque<Diagnostic>& found_;
  Diagnostic spare_;
};

// One lint: a row of lints.def.
struct Lint {
  std::string_view code;
  std::string_view name;  // "unused-declaration"
  std::string_view summary;
  void (*look)(Context& context);  // null: it is about comments that silence
};

}  // namespace aipol::lint
