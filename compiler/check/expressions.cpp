#include "compiler/check/expressions.h"

#include <algorithm>
#include <utility>

namespace aipol::check {

namespace {

constexpr int max_depth = 900;           // of nested expressions: what the stack surely holds
constexpr uint32_t max_weight = 20'000;  // nodes, functions put in
constexpr uint32_t max_put_ins = 50'000;

struct Deeper {
  explicit Deeper(int& depth) : depth_(depth) { ++depth_; }
  ~Deeper() { --depth_; }
  int& depth_;
};

std::string_view what_it_is(const Typed& typed) {
  if (typed.type->is(Kind::map)) return "read by key";
  return typed.type->is(Kind::record) ? "a record" : "an object";
}

}  // namespace

// A long chain has many parts that are too large: the first is told.
Typed Expressions::too_complex(Span span) {
  if (checker_.silent == 0 && std::exchange(checker_.too_complex, true)) return poison();
  checker_.report(span, diagnostics::too_complex);
  return poison();
}

Typed Expressions::check(ast::ExpressionPtr expression, TypePtr expected) {
  Deeper deeper(checker_.depth);
  if (checker_.depth == 1) {
    checker_.too_complex = false;
    checker_.put_ins = 0;
  }
  if (checker_.depth > max_depth) return too_complex(expression->span);
  Typed typed = std::visit([&](const auto& n) { return node(n, expression->span, expected); },
                           expression->node);
  if (typed.value != nullptr && typed.value->weight > max_weight)
    return too_complex(expression->span);
  return typed;
}

// What folds to a constant has no weight, but takes its time.
bool Expressions::puts_in_too_much(Span span) {
  if (++checker_.put_ins <= max_put_ins) return false;
  too_complex(span);
  return true;
}

ir::ExpressionPtr Expressions::plain(ast::ExpressionPtr expression, TypePtr expected) {
  Typed typed = check(expression, expected);
  if (typed.invalid()) return nullptr;
  if (typed.value == nullptr) {
    checker_.report(expression->span, diagnostics::not_a_value, checker_.text(expression->span),
                    what_it_is(typed));
    return nullptr;
  }
  ir::ExpressionPtr value = require_present(typed, expression->span);
  return value == nullptr || expected == nullptr ? value
                                                 : convert(value, expected, expression->span);
}

Typed Expressions::perhaps(ast::ExpressionPtr expression, TypePtr expected) {
  Typed typed = check(expression, expected);
  if (typed.invalid()) return typed;
  if (typed.value == nullptr) {
    checker_.report(expression->span, diagnostics::not_a_value, checker_.text(expression->span),
                    what_it_is(typed));
    return poison();
  }
  ir::ExpressionPtr value = convert(typed.value, expected, expression->span);
  return value == nullptr ? poison() : Typed{expected, value, typed.present, nullptr, {}};
}

std::string Expressions::type_name(ast::ExpressionPtr expression) {
  ++checker_.silent;
  Typed typed = check(expression);
  --checker_.silent;
  return typed.invalid() ? "something else" : typed.type->name;
}

ir::ExpressionPtr Expressions::condition(ast::ExpressionPtr expression) {
  return plain(expression, checker_.simple(Kind::boolean));
}

const plan::Constant* Expressions::constant(ast::ExpressionPtr expression, TypePtr expected,
                                            std::string_view what) {
  ir::ExpressionPtr value = plain(expression, expected);
  if (value == nullptr) return nullptr;
  if (value->constant() == nullptr)
    checker_.report(expression->span, diagnostics::not_constant, what);
  return value->constant();
}

ir::ExpressionPtr Expressions::convert(ir::ExpressionPtr value, TypePtr expected, Span span) {
  if (value->type == expected || expected->is(Kind::invalid)) return value;
  if (value->type->is(Kind::integer) && expected->is(Kind::real)) {
    return checker_.build.make(plan::Op::to_real, expected, {value}, span);
  }
  bool collections = value->type->collection() && expected->collection();
  if (collections && value->type->element == expected->element) return value;
  checker_.report(span, diagnostics::type_mismatch, expected->name, value->type->name)
      .underline("this is `{}`", value->type->name);
  return nullptr;
}

// What a condition tells: has(x) among the conjuncts of what is true, or the disjuncts of what is
// false.
void Expressions::assume(ir::ExpressionPtr condition, bool outcome) {
  if (const plan::Constant* value = condition->constant()) {
    if (std::get<bool>(*value) != outcome)  // never: whatever is read here is not read
      present_.push_back(checker_.build.boolean(false, condition->span));
    return;
  }
  switch (condition->op) {
    case plan::Op::has:
    case plan::Op::parameter:  // whether a parameter is present
      if (outcome) present_.push_back(condition);
      return;
    case plan::Op::logical_not:
      return assume(condition->arguments[0], !outcome);
    case plan::Op::logical_and:
    case plan::Op::logical_or:
      if ((condition->op == plan::Op::logical_and) == outcome) {
        for (ir::ExpressionPtr part : condition->arguments) assume(part, outcome);
      } else if (outcome) {
        present_.push_back(condition);  // has(a ?? b)
      }
      return;
    default:
      if (outcome) present_.push_back(condition);  // `has` of a document's part is a call
      return;
  }
}

bool Expressions::known_present(ir::ExpressionPtr present) const {
  const plan::Constant* value = present->constant();
  if (value != nullptr && std::get<bool>(*value)) return true;
  auto known = [this](ir::ExpressionPtr part) { return known_present(part); };
  if (present->op == plan::Op::logical_and) return std::ranges::all_of(present->arguments, known);
  if (present->op == plan::Op::logical_or && std::ranges::any_of(present->arguments, known))
    return true;
  return std::ranges::any_of(present_, [&](ir::ExpressionPtr fact) {
    return fact->constant() != nullptr || ir::same(fact, present);
  });
}

ir::ExpressionPtr Expressions::require_present(const Typed& typed, Span span) {
  if (typed.present == nullptr || known_present(typed.present)) return typed.value;
  std::string_view text = checker_.text(span);
  checker_.report(span, diagnostics::maybe_absent, text)
      .underline("this is `{}?`", typed.type->name)
      .help("guard it with `has {} and …`, or give a default with `{} ?? …`", text, text);
  return nullptr;
}

Typed Expressions::node(const ast::Invalid&, Span, TypePtr) { return poison(); }

Typed Expressions::node(const ast::Weighted&, Span span, TypePtr) {
  checker_.report(span, diagnostics::not_a_value, checker_.text(span), "a target of a `route`");
  return poison();
}

}  // namespace aipol::check
