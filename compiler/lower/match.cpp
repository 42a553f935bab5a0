// Globs and patterns over texts that no column was made for.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

namespace {

Value match(Emitter& emitter, plan::NodeId node, llvm::StringRef test) {
  Value text = emitter.argument(node, 0), handle = emitter.argument(node, 1);
  return {emitter.call_test(test, {handle, text})};
}

}  // namespace

Value lower_globs(Emitter& emitter, plan::NodeId node) { return match(emitter, node, "aipol_globs_match"); }
Value lower_matches(Emitter& emitter, plan::NodeId node) { return match(emitter, node, "aipol_regex_found"); }

}  // namespace aipol::compiler
