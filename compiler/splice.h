// What changed of a set since it was planned, compiled and put into the plan of the rest. The
// result is, to the byte, the plan of the whole set.
#pragma once

#include "compiler/ast/symbols.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/edit.h"
#include "compiler/ir/policy_set.h"
#include "compiler/planner/exchange.h"

namespace aipol::compiler {

// One step after the other; after one that is false the whole set has to be compiled: the change
// touches what policies have in common, or something is to be reported.
class Splice {
 public:
  // Both must outlive it.
  Splice(const Outline& before, const plan::Plan& plan) : before_(before), plan_(plan) {}

  // `files` are the set's, without the standard library.
  bool parse(const source::Files& files);
  bool resolve();
  bool check();
  // The plan that it began with becomes the set's; `files` with the standard library.
  void plan(plan::Plan& plan, const source::Files& files);
  Outline outline(const source::Files& files) const;

 private:
  bool find(const source::Files& files);
  bool clean() const { return diagnostics_.all().empty(); }
  bool names_are_free() const;
  bool detectors_keep_their_numbers() const;
  bool names_detectors_of_std(const FileEdit& edit, source::FileId file) const;
  bool reads_tags() const;
  std::vector<planner::Exchange> exchanges() const;

  const Outline& before_;
  const plan::Plan& plan_;
  std::vector<FileEdit> edits_;  // by file
  source::Files files_;          // what is compiled
  diagnostics::Diagnostics diagnostics_;
  std::vector<ast::Tree> trees_;
  ast::Symbols symbols_;
  std::unique_ptr<ir::PolicySet> set_;
};

}  // namespace aipol::compiler
