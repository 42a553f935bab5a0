// Values as policies write them: `$2.50`, `30s`, `"text"`, `"2026-03-01"`, a member's name.
#pragma once

#include <string>
#include <string_view>

#include "plan/plan.h"

namespace aipol::plan {

std::string in_quotes(std::string_view text);

// Whether it can stand as a name without quotes (reserved words aside).
bool is_name(std::string_view text);

// A number of that unit.
std::string written(int64_t number, Unit unit);

// A member of an enumeration: its name, in quotes where it is no name of the language.
std::string written_member(const Enumeration& enumeration, int64_t number);

// Any value; `enumeration` is the number of its enumeration, or ~0u.
std::string written(const Plan& plan, const Constant& value, Unit unit, uint32_t enumeration);

}  // namespace aipol::plan
