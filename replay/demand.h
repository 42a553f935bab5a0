// What deciding with policy sets needs of records and of the machinery that serves.
#pragma once

#include "replay/fields.h"
#include "replay/policy_set.h"

namespace aipol::replay {

// Whether evaluating head and body is all that the policies need: nothing is counted, routed, kept
// or looked at besides, and nothing is said of answers.
bool only_evaluates(const plan::Plan& plan);

// Fields whose values are looked at; `from` may be null. Of the others only whether they are given.
FieldSet demanded_fields(const PolicySet* from, const PolicySet& to);

}  // namespace aipol::replay
