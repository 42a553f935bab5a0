// A policy set of two files, and the random edits of an author who works on it.
#pragma once

#include <string>
#include <vector>

#include "tests/support/choices.h"

namespace aipol::testing {

class EditedPolicies {
 public:
  explicit EditedPolicies(Choices& choices);

  // Path and text.
  std::vector<std::pair<std::string, std::string>> files() const;
  // Mostly of one policy; a few leave mistakes behind, or touch what all policies share.
  void edit();
  // What the last edit did.
  const std::string& last() const { return last_; }

 private:
  struct Edit {
    std::string_view name;
    void (EditedPolicies::*make)();
  };
  static const Edit edits[];

  std::string& any() { return policies_[below(static_cast<uint32_t>(policies_.size()))]; }
  uint32_t below(uint32_t n) { return choices_.below(n); }
  std::string fresh_policy();
  void add();
  void remove();
  void replace();
  void reword();
  void add_statement();
  void remove_statement();
  void move();
  void annotate();
  void document();
  void comment();
  void comment_out();
  void break_lines();
  void join_lines();
  void declare();
  void undo();

  Choices& choices_;
  std::string declarations_;
  std::vector<std::string> policies_;
  std::vector<std::string> before_;  // the policies before the last edit
  size_t in_first_;                  // so many of them stand in the first file
  uint32_t names_ = 0;
  std::string last_;
};

}  // namespace aipol::testing
