// What the tests of a set exercise, as far as their texts tell.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compiler/lint/walk.h"

namespace aipol::lint {

struct Tested {
  struct Test {
    std::vector<std::string> paths;  // texts that begin with a slash
    bool any_denial = false;         // expects a denial without naming a policy
  };
  std::vector<Test> tests;
  std::set<std::string, std::less<>> policies;  // named by expectations

  // Whether a test sends to a path that the policy applies to; `denied`: and expects a denial.
  bool reaches(const ast::PolicyDeclaration& policy, bool denied) const;
};

Tested tested(const Context& context);

}  // namespace aipol::lint
