// What the fields of a model or target read: functions of which one it is.
#pragma once

#include "compiler/prove/shape.h"

namespace aipol::prove {

// Of the declared model of that number, for each source of the group.
World declared_world(const Shape& shape, GroupId group, size_t model);
// Of a model that the set does not declare, but for its name; of no target.
World unknown_world(const Shape& shape, GroupId group);

}  // namespace aipol::prove
