#include "compiler/lint/lints/all.h"

namespace aipol::lint {

#define LINT(code, name, look, summary) void look(Context& context);
#include "compiler/lint/lints.def"
#undef LINT

std::span<const Lint> all_lints() {
  static constexpr Lint lints[] = {
#define LINT(code, name, look, summary) {#code, name, summary, look},
#define LINT_OF_SILENCES(code, name, summary) {#code, name, summary, nullptr},
#include "compiler/lint/lints.def"
#undef LINT
  };
  return lints;
}

}  // namespace aipol::lint
