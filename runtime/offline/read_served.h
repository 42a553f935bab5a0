// What a gateway's record tells besides the fields of the call.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "runtime/offline/served.h"

namespace aipol::offline {

// Of a whole record; what is not as a gateway writes it is passed over.
Served read_served(const nlohmann::json& record);

}  // namespace aipol::offline
