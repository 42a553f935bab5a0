#include "compiler/prove/prover.h"

namespace aipol::prove {

Prover::Prover(const plan::Plan& plan, Limits limits, World defaults)
    : limits_(limits),
      shape_(plan),
      evaluator_(plan, std::move(defaults)),
      chooser_(shape_, evaluator_),
      worlds_(shape_, evaluator_, chooser_),
      search_(shape_, chooser_, worlds_) {}

Answer Prover::decide(const Goal& goal) {
  if (auto world = search_.find(goal)) return {Answer::Kind::yes, std::move(*world)};
  if (search_.impossible()) return {Answer::Kind::no, {}};
  Answer answer;
  if (solver_ == nullptr && trouble_.empty()) {
    Result<const Z3*> z3 = load_z3();
    if (z3)
      solver_ = std::make_unique<Solver>(**z3, shape_, chooser_, worlds_, limits_);
    else
      trouble_ = z3.error().message;
  }
  if (solver_ != nullptr && asked_++ < limits_.questions) answer = solver_->decide(goal);
  if (answer.kind == Answer::Kind::unknown) ++unanswered_;
  return answer;
}

}  // namespace aipol::prove
