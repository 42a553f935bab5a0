// Whom a record goes to.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/deployment.h"
#include "runtime/enforce/record.h"

namespace aipol::audit {

// Fills `sinks` with numbers of Deployment::sinks, ascending: those of every record and those that
// policies name. None where a policy says `log none`, or where `sample` leaves the request out,
// which its id alone decides. `record` may be null: no policy says anything.
void recipients_of(const enforce::Record* record, const plan::Gateway& gateway, std::string_view id,
                   std::vector<uint32_t>& sinks);

// Whether a share of requests includes this one: the same for the same id, on every gateway.
bool sampled(std::string_view id, double share);

}  // namespace aipol::audit
