// The one change made to a body that is forwarded.
#pragma once

#include <string>
#include <string_view>

namespace aipol::dialects {

// `body` is a JSON object that parse_json accepted. Its member of that name (letters and `_`),
// however it is escaped, gets this value; where there is none it is added in front. All other bytes
// stay.
std::string with_member(std::string_view body, std::string_view name, std::string_view json);

// The same of `model` and a text.
std::string with_model(std::string_view body, std::string_view model);

}  // namespace aipol::dialects
