// Where background work says, in one line and once, that something went wrong.
#pragma once

#include <functional>
#include <string>

namespace aipol::identity {

using Report = std::function<void(const std::string& line)>;  // called by any thread; may be empty

}  // namespace aipol::identity
