// What flows between the steps, as text: `aipol check --dump`.
#pragma once

#include <string>
#include <string_view>

#include "compiler/compile.h"

namespace aipol::compiler {

// Where each dump looks, and the step that makes it.
struct Dump {
  std::string_view name;  // "ast"
  Step made_by;
  std::string (*text)(const Compilation& compilation);
};

// The dump of that name, or null.
const Dump* find_dump(std::string_view name);

}  // namespace aipol::compiler
