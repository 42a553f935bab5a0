// Records of the plain case, by one walk through their JSON: a member stands once, and its value is
// of the usual form.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "replay/record.h"
#include "replay/shapes.h"

namespace aipol::replay {

// Who wrote the line. aipol's own begin with their version and kind, perhaps behind their place in
// a chain. Where they stand elsewhere the other way knows.
Kind kind_of(std::string_view line);

// False: another way has to read it. What the line tells is added to `told`, which may be null;
// attributes of the request are those that `names` has as sources.
bool read_simply(std::string_view line, simdjson::ondemand::object object, const plan::Plan& names,
                 const Wanted& wanted, Record& record, std::vector<Told>* told);

}  // namespace aipol::replay
