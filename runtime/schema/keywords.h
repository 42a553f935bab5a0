// What schemas may say. Valijson ignores keywords that it does not know, follows references in
// circles, and matches patterns by backtracking: this looks before it does.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/schema/document.h"

namespace aipol::schema {

// The schema as Valijson is to read it: keywords that are checked by our own means renamed, names
// of the schema itself dropped.
Result<Json> prepared(Json schema);

}  // namespace aipol::schema
