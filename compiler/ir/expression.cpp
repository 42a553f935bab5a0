#include "compiler/ir/expression.h"

#include <algorithm>

#include "base/overloaded.h"

namespace aipol::ir {

namespace {

bool same_payload(const Expression& a, const Expression& b) {
  if (a.payload.index() != b.payload.index()) return false;
  return std::visit(
      Overloaded{
          [](std::monostate) { return true; },
          [&](const plan::Constant& c) { return c == std::get<plan::Constant>(b.payload); },
          [&](SourceRef s) { return s.source == std::get<SourceRef>(b.payload).source; },
          [&](Level l) { return l.level == std::get<Level>(b.payload).level; },
          [&](const NativeRef& n) { return n.symbol == std::get<NativeRef>(b.payload).symbol; },
      },
      a.payload);
}

}  // namespace

bool same(ExpressionPtr a, ExpressionPtr b) {
  if (a == b) return true;
  return a->op == b->op && a->type == b->type && a->weight == b->weight && same_payload(*a, *b) &&
         std::ranges::equal(a->arguments, b->arguments, same);
}

}  // namespace aipol::ir
