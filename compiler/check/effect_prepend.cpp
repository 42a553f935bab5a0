#include "compiler/check/statement.h"

namespace aipol::check {

void check_prepend(StatementCheck& check) {
  check.argument("text", check.checker.simple(Kind::string));
}

}  // namespace aipol::check
