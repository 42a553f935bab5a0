// What an author changed in a file of policies, and the text that has to be compiled again for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/outline.h"
#include "compiler/planner/places.h"
#include "compiler/source/changes.h"

namespace aipol::compiler {

class FileEdit {
 public:
  // Nothing where more than policies changed, or something beside them on their lines. `before`
  // must outlive the result.
  static std::optional<FileEdit> find(const OutlinedFile& before, std::string_view after);

  // The new text, in which policies that stay, tests and invariants are blank. One declaration
  // behind each change stays, so that its tree shows whether it begins where it should.
  const std::string& text() const { return text_; }

  // Leaves in the tree of `text` the fresh policies and what they may name. False where the tree is
  // not of what was expected: a comment that swallows what stays, a doc comment that becomes
  // another's.
  bool take(ast::Tree& tree);

  bool changed() const { return !changes_.empty(); }
  const std::vector<source::Change>& changes() const { return changes_; }
  // By change, once the tree was taken.
  const std::vector<std::vector<Outlined>>& fresh() const { return fresh_; }
  std::string_view old_text(const source::Change& change) const;

  // What is remembered of the file from now on.
  std::vector<Outlined> declarations() const;
  planner::MovedLines moved_lines(std::string_view after) const;

 private:
  struct Kept {
    const Outlined* was = nullptr;
    uint32_t begin = 0, end = 0;
  };

  FileEdit(const OutlinedFile& before, std::string_view after);

  // In the order of the new text: each change, and each declaration that is as it was, with how far
  // it moved and whether a change stands right before it.
  template <class OnChange, class OnSame>
  void walk(OnChange on_change, OnSame on_same) const;
  void take_in_what_is_annotated(std::string_view after);
  uint32_t old_begin(size_t declaration) const;
  bool blank_out();
  bool is_apart(const Outlined& was) const;

  const OutlinedFile* before_;
  std::vector<source::Change> changes_;
  std::string text_;
  std::vector<Kept> kept_;  // in `text_` as they were
  std::vector<std::vector<Outlined>> fresh_;
};

}  // namespace aipol::compiler
