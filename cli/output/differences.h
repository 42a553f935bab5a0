// What a change of a policy set means, as people and programs read it.
#pragma once

#include <string>

#include "difference/difference.h"

namespace aipol::cli {

// By edit, then what is declared, then the verdict.
std::string differences_text(const difference::Difference& difference, bool colour);

// {"equivalent":false,"newly_allowed":[…],…} (docs/json.md).
std::string differences_json(const difference::Difference& difference);

// A comment of a pull request.
std::string differences_markdown(const difference::Difference& difference);

// One page that needs nothing else.
std::string differences_html(const difference::Difference& difference);

// "not equivalent: 2 newly denied, 1 effect changed"
// What the verdict rests on, where that may surprise; else empty.
std::string remark_of(const difference::Difference& difference);
std::string verdict_of(const difference::Difference& difference);
// What becomes of a request: "newly denied".
std::string_view name_of(difference::Kind kind);
// "allow of staff (a.aipol:3)", as it stands now where it still stands.
std::string title_of(const difference::Edited& edited);

}  // namespace aipol::cli
