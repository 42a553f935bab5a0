// Whom a record goes to.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "plan/deployment.h"
#include "runtime/enforce/record.h"

namespace aipol::audit {

// Fills `sinks` with numbers of Deployment::sinks, ascending: those of every record and those that
// policies name. None, and false, where a policy says `log none`, or where `sample` leaves the
// request out. `record` may be null: no policy says anything.
bool recipients_of(const enforce::Record* record, const plan::Gateway& gateway, std::string_view id,
                   int64_t time_ns, std::vector<uint32_t>& sinks);

// Whether a share of requests includes this one: by its id and the instant of its arrival, so that
// every sink keeps the same ones and a client, who may choose the id, does not choose this.
bool sampled(std::string_view id, int64_t time_ns, double share);

}  // namespace aipol::audit
