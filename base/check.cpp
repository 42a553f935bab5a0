#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace aipol {

void report_bug(const char* file, int line, std::string_view expectation) {
  std::fprintf(stderr,
               "aipol: internal error at %s:%d: %.*s; please report this with the policy set\n",
               file, line, static_cast<int>(expectation.size()), expectation.data());
  std::abort();
}

}  // namespace aipol
