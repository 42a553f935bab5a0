// Decides one call, phase by phase, by a loaded program. The one way that serve, eval and test
// decide.
#pragma once

#include <optional>
#include <vector>

#include "runtime/context/call.h"
#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"

namespace aipol::decision {

class Evaluation {
 public:
  // Both must outlive the evaluation. One evaluation is used by one thread at a time.
  Evaluation(const Program& program, const context::Call& call) : program_(program), call_(call) {}

  // Decides what depends on the request's head alone (call.request but body_text, call.principal).
  // A decision where the call is refused here, nothing where it goes on.
  std::optional<Decision> head();

  // Decides what depends on the body (call.ai, call.model_name, request.body_text), then whether
  // anything allowed it. Call after head() returned nothing. The end of deciding whether the call
  // is forwarded.
  Decision body();

 private:
  struct Refusal {
    uint32_t statement;
    std::string message;
  };
  // Runs the statements of a phase; the refusal that answers, or nothing.
  std::optional<Refusal> run(plan::Phase phase);
  Decision refused_by(const Refusal& refusal, plan::Phase phase) const;

  const Program& program_;
  const context::Call& call_;
  std::vector<uint32_t> fired_;
};

}  // namespace aipol::decision
