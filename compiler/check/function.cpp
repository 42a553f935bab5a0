// Constants and functions on their own, called or not.
#include <utility>

#include "compiler/check/expressions.h"
#include "compiler/check/literals.h"

namespace aipol::check {

Typed opaque(Checker& checker, std::string path, TypePtr type, bool optional, Span span) {
  auto unknown = [&](const std::string& name, TypePtr of) {
    uint32_t number = checker.opaques.try_emplace(name, checker.opaques.size()).first->second;
    return checker.set.arena.make<ir::Expression>(
        plan::Op::parameter, of, span, ir::SourceRef{number}, std::vector<ir::ExpressionPtr>{});
  };
  Typed out;
  out.type = type;
  out.value = unknown(path, type);
  if (optional) out.present = unknown(path + "?", checker.simple(Kind::boolean));
  out.path = std::move(path);
  return out;
}

namespace {

// A parameter's value while the function is checked on its own: nothing is known of it.
Typed unknown_argument(Checker& checker, const ast::Parameter& parameter, TypePtr type) {
  const types::Type& t = *type;
  if (t.is(Kind::object))
    return {type, nullptr, nullptr, nullptr, checker.set.schema.objects[t.definition].name};
  return opaque(checker, std::string(parameter.name.text), type, parameter.type.optional,
                parameter.name.span);
}

bool check_function(Checker& checker, FileId file, const ast::FunctionDeclaration& function) {
  Scope scope{file, nullptr, {}, false};
  bool known = true;
  for (const ast::Parameter& parameter : function.parameters) {
    TypePtr type = checker.type(parameter.type, file);
    known = known && !type->is(Kind::invalid);
    if (scope.find(parameter.name.text) != nullptr) {
      checker.report(parameter.name.span, diagnostics::declared_twice, "parameter",
                     parameter.name.text);
      known = false;
    }
    scope.locals.push_back({parameter.name.text, unknown_argument(checker, parameter, type)});
  }
  TypePtr result = checker.type(function.result, file);
  if (!known || result->is(Kind::invalid)) return false;
  Expressions expressions(checker, scope);
  if (function.result.optional) return !expressions.perhaps(function.body, result).invalid();
  return expressions.plain(function.body, result) != nullptr;
}

// What takes its type where it is used is looked at there.
bool needs_use(const ast::Expression& expression) {
  return std::holds_alternative<ast::List>(expression.node) ||
         std::holds_alternative<ast::Record>(expression.node);
}

bool check_constant(Checker& checker, FileId file, const ast::ConstDeclaration& constant) {
  Scope scope{file, nullptr, {}, false};
  Expressions expressions(checker, scope);
  if (!constant.type) {
    if (const auto* range = std::get_if<ast::Range>(&constant.value->node))
      return expressions.holds_something(*range);
    return needs_use(*constant.value) ||
           expressions.constant(constant.value, nullptr, "the value") != nullptr;
  }
  TypePtr type = checker.type(*constant.type, file);
  if (type->is(Kind::invalid)) return false;
  const auto* list = std::get_if<ast::List>(&constant.value->node);
  if (has_parts(type)) return well_formed(checker, scope, constant.value, type, "the value");
  if (list == nullptr || !type->collection())
    return expressions.constant(constant.value, type, "the value") != nullptr;
  bool well = true;
  for (ast::ExpressionPtr item : list->items)
    well = expressions.constant(item, type->element, "a member of a list") != nullptr && well;
  return well;
}

}  // namespace

bool Checker::sound(const ast::Declaration& declaration, FileId file) {
  if (auto known = checked.find(&declaration); known != checked.end()) return known->second;
  const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration.node);
  const auto* constant = std::get_if<ast::ConstDeclaration>(&declaration.node);
  bool native = function != nullptr && !function->native_symbol.empty();
  if (native || (function == nullptr && constant == nullptr)) return true;
  int heard = std::exchange(silent, 0);  // what is wrong with it is told, wherever it is first met
  in_progress.insert(&declaration);
  bool well = function != nullptr ? check_function(*this, file, *function)
                                  : check_constant(*this, file, *constant);
  in_progress.erase(&declaration);
  silent = heard;
  return checked[&declaration] = well;
}

void check_functions(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations)
      checker.sound(declaration, tree.file);
  }
}

}  // namespace aipol::check
