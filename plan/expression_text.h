// Expressions of plans and layouts as text; private to the dumps.
#pragma once

#include <functional>
#include <string>

#include "plan/plan.h"

namespace aipol::plan {

// What an expression's leaves are called.
struct Leaves {
  std::function<std::string(const Node&)> text;
};

// Parts of very large expressions are cut short.
std::string expression_text(const Plan& plan, const Code& code, NodeId node, const Leaves& leaves);

}  // namespace aipol::plan
