// What policies saw of the call that a simulation decided last, phase by phase, for those who look
// at the decision again.
#pragma once

#include <functional>

#include "plan/facts.h"
#include "runtime/offline/simulation.h"

namespace aipol::offline {

// Whether the phase was decided. A call whose answer was refused came to its end all the same.
bool reached(plan::Phase phase, const decision::Decision& decision);

// Calls visit(stage, facts) for each phase that was decided; for phase `target` once for each model
// that was asked about. The facts live as long as the visit.
using VisitStage = std::function<void(const plan::Stage&, const plan::Facts&)>;
void each_decided_stage(const Simulation& simulation, const decision::Decision& decision,
                        const VisitStage& visit);

}  // namespace aipol::offline
