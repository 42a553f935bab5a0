#include "compiler/ir/fold.h"

#include <algorithm>

#include "base/saturate.h"
#include "plan/ip.h"

namespace aipol::ir {

namespace {

using plan::Constant;
using plan::Op;
using Folded = std::optional<Constant>;

// What integers and reals compare alike.
template <class T>
Folded fold_comparison(Op op, T a, T b) {
  switch (op) {
    case Op::less:
      return a < b;
    case Op::less_equal:
      return a <= b;
    case Op::equal:
      return a == b;
    default:
      return std::nullopt;
  }
}

Folded fold_integers(Op op, int64_t a, int64_t b) {
  switch (op) {
    case Op::add:
      return saturating_add(a, b);
    case Op::subtract:
      return saturating_subtract(a, b);
    case Op::multiply:
      return saturating_multiply(a, b);
    case Op::divide:
      return saturating_divide(a, b);
    case Op::remainder:
      return total_remainder(a, b);
    default:
      return fold_comparison(op, a, b);
  }
}

Folded fold_reals(Op op, double a, double b) {
  switch (op) {
    case Op::add:
      return saturated(a + b);
    case Op::subtract:
      return saturated(a - b);
    case Op::multiply:
      return saturated(a * b);
    case Op::divide:
      return saturated(a / b);
    default:
      return fold_comparison(op, a, b);
  }
}

bool in_range(int64_t value, const plan::IntegerRange& range) {
  bool above = value >= range.low;
  bool below = value <= range.high;
  return range.low <= range.high ? above && below : above || below;
}

Folded fold_membership(Op op, const Constant& value, const Constant& group) {
  if (op == Op::in_range)
    return in_range(std::get<int64_t>(value), std::get<plan::IntegerRange>(group));
  if (op == Op::in_network)
    return plan::contains(std::get<plan::Network>(group), std::get<plan::Ip>(value));
  if (op != Op::in_set) return std::nullopt;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&group)) {
    return std::ranges::binary_search(*texts, std::get<std::string>(value));
  }
  return std::ranges::binary_search(std::get<std::vector<int64_t>>(group),
                                    std::get<int64_t>(value));
}

Folded fold_unary(Op op, const Constant& value) {
  switch (op) {
    case Op::logical_not:
      return !std::get<bool>(value);
    case Op::negate:
      if (const auto* real = std::get_if<double>(&value)) return -*real;
      return saturating_subtract(0, std::get<int64_t>(value));
    case Op::to_real:
      return static_cast<double>(std::get<int64_t>(value));
    default:
      return std::nullopt;
  }
}

}  // namespace

Folded fold(Op op, const std::vector<ExpressionPtr>& arguments) {
  std::vector<const Constant*> values;
  for (ExpressionPtr argument : arguments) {
    values.push_back(argument->constant());
    if (values.back() == nullptr) return std::nullopt;
  }
  if (values.size() == 1) return fold_unary(op, *values[0]);
  if (values.size() != 2) return std::nullopt;
  if (op == Op::in_range || op == Op::in_network || op == Op::in_set)
    return fold_membership(op, *values[0], *values[1]);
  const Constant& a = *values[0];
  const Constant& b = *values[1];
  if (a.index() != b.index()) return std::nullopt;
  if (const auto* integer = std::get_if<int64_t>(&a))
    return fold_integers(op, *integer, std::get<int64_t>(b));
  if (const auto* real = std::get_if<double>(&a)) return fold_reals(op, *real, std::get<double>(b));
  if (op == Op::equal) return a == b;
  return std::nullopt;
}

}  // namespace aipol::ir
