#include "plan/layout.h"

namespace aipol::plan {

uint32_t words_of(Parameter::Kind kind) {
  switch (kind) {
    case Parameter::Kind::word:
    case Parameter::Kind::globs:
    case Parameter::Kind::regex: return 1;
    case Parameter::Kind::network: return 4;
    default: return 2;
  }
}

}  // namespace aipol::plan
