#include "runtime/gateway/explain.h"

#include "runtime/offline/read_call.h"
#include "runtime/offline/report.h"

namespace aipol::gateway {

Result<std::string> explain(const Service& service, std::string_view record, const Clock& clock) {
  const plan::Plan& plan = service.plan();
  auto call = offline::read_call(record, plan);
  if (!call) return std::unexpected(call.error());
  if (call->call.request.time_ns == 0) call->call.request.time_ns = clock.now();
  auto simulation = offline::Simulation::make(service.program, service.engine->assets(),
                                              call->call.request.time_ns);
  if (!simulation) return std::unexpected(simulation.error());
  const offline::Outcome outcome = (*simulation)->decide(*call);
  return offline::decision_json(plan, outcome, offline::explained(**simulation, outcome, true));
}

}  // namespace aipol::gateway
