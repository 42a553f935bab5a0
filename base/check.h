// Our own bugs: AIPOL_CHECK(condition, "what should have held") ends the process with a request to
// report it.
#pragma once

#include <string_view>

namespace aipol {

[[noreturn]] void report_bug(const char* file, int line, std::string_view expectation);

}  // namespace aipol

#define AIPOL_CHECK(condition, expectation)                 \
  do {                                                      \
    if (!(condition)) [[unlikely]]                          \
      ::aipol::report_bug(__FILE__, __LINE__, expectation); \
  } while (false)
