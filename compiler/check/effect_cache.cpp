#include "compiler/check/statement.h"

namespace aipol::check {

void check_cache(StatementCheck& check) {
  if (check.slots.has("off")) return check.word("off");
  check.bounded("duration", check.checker.simple(Kind::duration), "more than nothing", 1,
                INT64_MAX);
  if (!check.slots.values("keys").empty()) check.keys("keys");
}

}  // namespace aipol::check
