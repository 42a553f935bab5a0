// A loaded policy set: the plan and its native code, immutable, shared by all threads. The command line's loader makes
// it (the runtime never includes the compiler); a reload makes another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/plan.h"

namespace aipol::decision {

class Program {
 public:
  virtual ~Program() = default;

  const plan::Plan& plan() const { return plan_; }

  // The endpoint that a normalised path belongs to, or null: 404. The most specific glob wins.
  const plan::Endpoint* endpoint(std::string_view path) const;
  // The model of that name, or null: unknown.
  const plan::Model* model(std::string_view name) const;

 protected:
  explicit Program(plan::Plan plan);

 private:
  plan::Plan plan_;
};

// Loads (or loads again) the policy set that is served.
using Loader = std::function<Result<std::shared_ptr<const Program>>()>;

}  // namespace aipol::decision
