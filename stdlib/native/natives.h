// The functions policies can call, by symbol ("text.lower"). Rows in natives.def, bodies in one file per topic.
#pragma once

#include <span>
#include <string_view>

#include "runtime/abi/cell.h"

namespace aipol::native {

struct Native {
  std::string_view symbol;
  AipolNative function;
  std::string_view arguments;  // letters as in natives.def
  char result;
  int cost;  // guess in ns
};

std::span<const Native> natives();
// Null where there is no such function.
const Native* find(std::string_view symbol);

#define NATIVE(symbol, function, arguments, result, cost) \
  void function(const AipolCell* arguments_, AipolCell* result_, AipolScratch* scratch_);
#include "stdlib/native/natives.def"
#undef NATIVE

}  // namespace aipol::native
