// Typed expressions: total, names resolved, functions inlined, optionals handled, constants folded.
// The operations are the plan's (plan/code.h); what the plan adds is sharing, numbers instead of
// names, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "compiler/source/source.h"
#include "compiler/types/type.h"
#include "plan/code.h"

namespace aipol::ir {

using types::TypePtr;

struct Expression;
using ExpressionPtr = const Expression*;

struct SourceRef {
  uint32_t source;
};  // into PolicySet::sources
struct NativeRef {
  std::string symbol;
};

struct Level {
  uint32_t level;
};  // of a loop (plan/loops.h), or of the loop whose item this is

struct Expression {
  plan::Op op = plan::Op::constant;
  TypePtr type = nullptr;
  source::Span span;
  std::variant<std::monostate, plan::Constant, SourceRef, NativeRef, Level> payload;
  std::vector<ExpressionPtr> arguments;
  uint32_t weight = 1;  // nodes of the whole tree, saturating: what inlining is bounded by

  const plan::Constant* constant() const {
    return op == plan::Op::constant ? std::get_if<plan::Constant>(&payload) : nullptr;
  }
};

// Whether two trees are the same operation on the same operands.
bool same(ExpressionPtr a, ExpressionPtr b);

}  // namespace aipol::ir
