#include "compiler/planner/exchange.h"

#include "compiler/planner/policies.h"
#include "compiler/planner/ranks.h"
#include "compiler/planner/renumber.h"
#include "compiler/planner/stages.h"
#include "compiler/planner/version.h"

namespace aipol::planner {

namespace {

// Policies and statements move from the old lists to the plan's, fresh ones between them.
class Rebuild {
 public:
  explicit Rebuild(plan::Plan& plan)
      : plan_(plan), policies_(std::move(plan.policies)), statements_(std::move(plan.statements)) {
    plan.policies.clear();
    plan.statements.clear();
    plan.policies.reserve(policies_.size());
    plan.statements.reserve(statements_.size());
    now_.assign(statements_.size(), ~0u);
  }

  // The old policies up to that one, from where the last call ended.
  void keep_to(size_t end) {
    for (; next_ < end; ++next_) {
      auto number = static_cast<uint32_t>(plan_.policies.size());
      plan_.policies.push_back(std::move(policies_[next_]));
      each_statement([&](plan::Statement& statement) {
        now_[next_statement_] = static_cast<uint32_t>(plan_.statements.size());
        statement.policy = number;
        plan_.statements.push_back(std::move(statement));
      });
    }
  }

  void drop(size_t count) {
    for (size_t end = next_ + count; next_ < end; ++next_) each_statement([](auto&) {});
  }

  void finish() {
    keep_to(policies_.size());
    for (plan::Meter& meter : plan_.meters) {
      if (meter.limit != plan::no_meter) meter.limit = now_[meter.limit];
    }
  }

 private:
  template <class F>
  void each_statement(F take) {
    for (; next_statement_ < statements_.size(); ++next_statement_) {
      plan::Statement& statement = statements_[next_statement_];
      if (statement.policy != next_) return;
      take(statement);
    }
  }

  plan::Plan& plan_;
  std::vector<plan::Policy> policies_;
  std::vector<plan::Statement> statements_;
  std::vector<uint32_t> now_;  // by old number of a statement that is kept
  size_t next_ = 0, next_statement_ = 0;
};

}  // namespace

void exchange(plan::Plan& plan, const ir::PolicySet& set, const source::Files& files,
              std::span<const Exchange> exchanges, std::span<const MovedLines> moved) {
  move_places(plan, moved);
  Rebuild rebuild(plan);
  Nodes nodes(set, plan);
  for (const Exchange& one : exchanges) {
    rebuild.keep_to(one.first);
    rebuild.drop(one.count);
    for (uint32_t i = 0; i < one.fresh_count; ++i)
      plan_policy(set, set.policies[one.fresh + i], files, nodes, plan);
  }
  rebuild.finish();
  rank_refusals(plan);
  renumber(plan);
  plan.stages.clear();
  plan_stages(plan);
  plan.version = version_of(plan);
}

}  // namespace aipol::planner
