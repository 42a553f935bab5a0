#include "compiler/check/statement.h"

namespace aipol::check {

void check_deny(StatementCheck& check) { check.refusal(check.slots.value("message")); }

}  // namespace aipol::check
