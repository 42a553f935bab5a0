// The one change made to a body that is forwarded.
#pragma once

#include <string>
#include <string_view>

namespace aipol::dialects {

// `body` is a JSON object that parse_json accepted. Its member `model`, however its name is
// escaped, gets this value; where there is none it is added in front. All other bytes stay.
std::string with_model(std::string_view body, std::string_view model);

}  // namespace aipol::dialects
