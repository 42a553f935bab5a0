#include "runtime/gateway/asks_store.h"

#include <algorithm>

namespace aipol::gateway {

bool asks_store_of_answers(const decision::Program& program) {
  const decision::Metering& metering = program.metering();
  if (std::ranges::any_of(metering.limits, &decision::LimitOf::cut)) return true;
  const decision::Program::Stage* output = program.stage(plan::Phase::output);
  return output != nullptr && !metering.read[output->number].empty();
}

}  // namespace aipol::gateway
