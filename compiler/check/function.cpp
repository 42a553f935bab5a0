// Constants and functions on their own, called or not.
#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

// A parameter's value while the function is checked on its own: nothing is known of it.
Typed opaque(Checker& checker, const ast::Parameter& parameter, TypePtr type) {
  const types::Type& t = *type;
  if (t.is(Kind::object)) return {type, nullptr, nullptr, nullptr, checker.set.schema.objects[t.definition].name};
  auto unknown = [&](TypePtr of) {
    return checker.set.arena.make<ir::Expression>(plan::Op::parameter, of, parameter.name.span,
                                                  ir::SourceRef{parameter.name.span.begin}, std::vector<ir::ExpressionPtr>{});
  };
  return {type, unknown(type), parameter.type.optional ? unknown(checker.simple(Kind::boolean)) : nullptr, nullptr, {}};
}

bool check_function(Checker& checker, FileId file, const ast::FunctionDeclaration& function) {
  Scope scope{file, nullptr, {}, false};
  bool known = true;
  for (const ast::Parameter& parameter : function.parameters) {
    TypePtr type = checker.type(parameter.type, file);
    known = known && !type->is(Kind::invalid);
    scope.locals.push_back({parameter.name.text, opaque(checker, parameter, type)});
  }
  TypePtr result = checker.type(function.result, file);
  if (!known || result->is(Kind::invalid)) return false;
  Expressions expressions(checker, scope);
  if (function.result.optional) return !expressions.check(function.body, result).invalid();
  return expressions.plain(function.body, result) != nullptr;
}

// Ranges and lists whose members take their type where they are used are looked at there.
bool needs_use(const ast::Expression& expression) {
  return std::holds_alternative<ast::Range>(expression.node) || std::holds_alternative<ast::List>(expression.node);
}

void check_constant(Checker& checker, FileId file, const ast::ConstDeclaration& constant) {
  Scope scope{file, nullptr, {}, false};
  Expressions expressions(checker, scope);
  if (!constant.type) {
    if (!needs_use(*constant.value)) expressions.constant(constant.value, nullptr, "the value");
    return;
  }
  TypePtr type = checker.type(*constant.type, file);
  bool networks = type->collection() && (type->element->is(Kind::network) || type->element->is(Kind::ip));
  if (!type->is(Kind::invalid) && !networks) expressions.constant(constant.value, type, "the value");
}

}  // namespace

void check_functions(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      if (const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration.node)) {
        if (!function->native_symbol.empty()) continue;
        checker.in_progress.insert(&declaration);
        checker.functions[&declaration] = check_function(checker, tree.file, *function);
        checker.in_progress.erase(&declaration);
      } else if (const auto* constant = std::get_if<ast::ConstDeclaration>(&declaration.node)) {
        checker.in_progress.insert(&declaration);
        check_constant(checker, tree.file, *constant);
        checker.in_progress.erase(&declaration);
      }
    }
  }
}

}  // namespace aipol::check
