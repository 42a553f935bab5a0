// The places of a request or an answer that `set`, `remove` and `clamp` rewrite.
#pragma once

#include "compiler/check/statement.h"

namespace aipol::check {

struct Place {
  std::string path;        // "header.x-a", "body.temperature", "response.header.x-b"
  TypePtr type = nullptr;  // null: of any plain type
};

// Reads the slot `field`, adds the argument and narrows the latest phase; nothing where it names no
// such place.
std::optional<Place> check_place(StatementCheck& check);

}  // namespace aipol::check
