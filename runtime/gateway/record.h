// The audit trail of what the gateway serves: a record of every request, and alerts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

// The sinks of a set and, behind them, one that writes to standard output: it gets the records of
// which the set says nothing. Behind it the file in which requests are recorded, if they are.
std::vector<plan::Sink> sinks_of(const plan::Deployment& deployment,
                                 const std::filesystem::path& recording);

// The number of the one that writes to standard output.
uint32_t standard_output_of(const Service& service);

// Which of them get the record of every request, unless policies leave it out.
std::vector<uint32_t> sinks_of_all(const plan::Deployment& deployment,
                                   const std::filesystem::path& recording);

// Before a request is decided: waits until the sinks that get the record of every request have
// room, where the set says that requests wait for them.
http::Task<> await_room(Exchange& exchange);

// Writes the record of a request that has ended, its alerts, and what `--record` keeps of it. Waits
// where sinks have no room and the set says that requests wait for them.
http::Task<> record(Exchange& exchange);

}  // namespace aipol::gateway
