#include "compiler/check/statement.h"

namespace aipol::check {

void check_allow(StatementCheck&) {}

}  // namespace aipol::check
