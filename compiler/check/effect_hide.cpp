#include "compiler/check/statement.h"

namespace aipol::check {

void check_hide(StatementCheck& check) { check.glob("glob"); }

}  // namespace aipol::check
