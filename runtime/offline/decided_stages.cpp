#include "runtime/offline/decided_stages.h"

namespace aipol::offline {

using plan::Phase;

bool reached(Phase phase, const decision::Decision& decision) {
  return decision.allowed || phase <= decision.phase || decision.phase == Phase::output;
}

void each_decided_stage(const Simulation& simulation, const decision::Decision& decision,
                        const VisitStage& visit) {
  const decision::Evaluation* evaluation = simulation.evaluation();
  if (evaluation == nullptr) return;
  const decision::Program& program = evaluation->program();
  context::Call call = evaluation->call();
  call.response = simulation.answer();
  context::Surroundings around = evaluation->around();
  plan::Facts facts(program.plan().sources.size());
  AipolScratch scratch;
  auto look = [&](const plan::Stage& stage) {
    scratch.reset();
    program.facts().read(call, around, stage.demand, facts, scratch);
    visit(stage, facts);
  };
  for (const plan::Stage& stage : program.plan().stages) {
    if (!reached(stage.phase, decision)) continue;
    if (stage.phase != Phase::target) {
      look(stage);
      continue;
    }
    for (const context::Candidate& candidate : evaluation->candidates()) {
      around.target = candidate;
      look(stage);
    }
    around.target.reset();
  }
}

}  // namespace aipol::offline
