#include "compiler/check/rewrite.h"

namespace aipol::check {

void check_remove(StatementCheck& check) {
  if (!check.slots.has("tool_calls")) {
    check_place(check);
    return;
  }
  check.word("tool_calls");
  check.glob("glob");
}

}  // namespace aipol::check
