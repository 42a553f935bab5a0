// A plan and its layout as text: stable, one line for each thing, no addresses. For `--dump plan`,
// tests and reports.
#pragma once

#include <string>

#include "plan/facts.h"
#include "plan/layout.h"

namespace aipol::plan {

std::string dump(const Plan& plan);
std::string dump(const Plan& plan, const Layout& layout);

// One expression of the plan, and one constant.
std::string text_of(const Plan& plan, NodeId node);
std::string text_of(const Constant& constant);
// A value as a dump shows it.
std::string text_of(Rep rep, const AipolCell& cell);
// The facts that are known, a line each.
std::string dump(const Plan& plan, const Facts& facts);

}  // namespace aipol::plan
