#include "compiler/prove/prove.h"

#include "compiler/prove/conflicts.h"
#include "compiler/prove/dead.h"
#include "compiler/prove/emptied.h"
#include "compiler/prove/refused.h"

namespace aipol::prove {

Findings prove(const plan::Plan& plan) {
  Findings out;
  Prover prover(plan);
  Living living = find_dead(prover, out);
  find_refused(prover, living, out);
  find_conflicts(prover, living, out);
  find_emptied(prover, living, out);
  out.trouble = prover.trouble();
  out.unanswered = prover.unanswered();
  return out;
}

}  // namespace aipol::prove
