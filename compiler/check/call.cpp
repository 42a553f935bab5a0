// f(…), package.f(…), value.method(…). Functions of policies are put in where they are called;
// native ones stay calls, but for those that are operations of the plan.
#include <algorithm>
#include <map>

#include "base/civil.h"
#include "base/text.h"
#include "compiler/check/expressions.h"
#include "compiler/check/literals.h"

namespace aipol::check {

using ast::FunctionDeclaration;
using ir::ExpressionPtr;
using plan::Op;

namespace {

// Natives that are operations of the plan, by symbol.
using Intrinsic = ExpressionPtr (*)(Checker&, std::vector<ExpressionPtr>, Span);

template <Op op>
ExpressionPtr as_boolean(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  return checker.build.make(op, checker.simple(Kind::boolean), std::move(arguments), span);
}

ExpressionPtr contains(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  return has_member(checker, arguments[0], arguments[1], span);
}

ExpressionPtr contains_all(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  if (holds_constants(arguments[0]->type->element))
    return as_boolean<Op::contains_all>(checker, std::move(arguments), span);
  ExpressionPtr lacks = any_item(checker, arguments[1], span, [&](ExpressionPtr item) {
    ExpressionPtr has = has_member(checker, arguments[0], item, span);
    return has == nullptr ? nullptr : checker.build.negation(has, span);
  });
  return lacks == nullptr ? nullptr : checker.build.negation(lacks, span);
}

ExpressionPtr intersects(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  if (holds_constants(arguments[0]->type->element))
    return as_boolean<Op::intersects>(checker, std::move(arguments), span);
  return any_item(checker, arguments[1], span, [&](ExpressionPtr item) {
    return has_member(checker, arguments[0], item, span);
  });
}

ExpressionPtr size(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  if (arguments[0]->op == Op::list)
    return checker.build.constant(checker.simple(Kind::integer),
                                  static_cast<int64_t>(arguments[0]->arguments.size()), span);
  return checker.build.make(Op::size, checker.simple(Kind::integer), std::move(arguments), span);
}

ExpressionPtr is_empty(Checker& checker, std::vector<ExpressionPtr> arguments, Span span) {
  ExpressionPtr zero = checker.build.constant(checker.simple(Kind::integer), int64_t{0}, span);
  return as_boolean<Op::equal>(checker, {size(checker, std::move(arguments), span), zero}, span);
}

const std::map<std::string_view, Intrinsic> intrinsics = {
    {"set.contains", contains}, {"set.contains_all", contains_all}, {"set.intersects", intersects},
    {"set.size", size},         {"set.is_empty", is_empty},
};

using Bindings = std::map<std::string_view, TypePtr>;

// A native parameter's type once its type variables are known.
TypePtr instantiated(Checker& checker, const ast::TypeName& name, const Bindings& bindings,
                     FileId file) {
  if (auto bound = bindings.find(name.name.text); bound != bindings.end()) return bound->second;
  if (name.arguments.empty() || bindings.empty()) return checker.type(name, file);
  TypePtr element = instantiated(checker, name.arguments[0], bindings, file);
  return checker.set.types.of(name.name.text == "set" ? Kind::set : Kind::list, element);
}

// Whether `self` can be what stands before the dot; binds the type variable it names.
bool takes_self(Checker& checker, const ast::Symbol& symbol, TypePtr self, Bindings& bindings) {
  const auto& function = std::get<FunctionDeclaration>(symbol.declaration->node);
  if (function.parameters.empty() || function.parameters[0].name.text != "self") return false;
  const ast::TypeName& type = function.parameters[0].type;
  if (function.type_parameters.empty()) return checker.type(type, symbol.file) == self;
  if (!self->collection()) return false;
  bindings[function.type_parameters[0].text] = self->element;
  return true;
}

std::string_view name_of(const FunctionDeclaration& function) { return function.name.text; }

}  // namespace

Typed Expressions::node(const ast::Call& call, Span span, TypePtr) {
  if (const auto* field = std::get_if<ast::Field>(&call.callee->node)) {
    const std::string* package = qualifier(field->object);
    if (package == nullptr) {
      Typed self = check(field->object);
      if (self.invalid()) return poison();
      if (self.type->is(Kind::detector)) return detector_call(self, field->name, call, span);
      if (self.type->is(Kind::classifier)) return classifier_call(self, field->name, call, span);
      return method_call(self, field->object->span, field->name, call, span);
    }
    const auto* all = checker_.symbols.in_package(*package, "all");
    if (all != nullptr && checker_.symbols.in_package(*package, field->name.text) == nullptr) {
      if (std::optional<Typed> group = entity(*all->front().declaration, all->front().file))
        return group->invalid() ? poison() : detector_call(*group, field->name, call, span);
    }
    if (const auto* found = checker_.symbols.in_package(*package, field->name.text)) {
      return function_call(found->front(), call, span);
    }
    std::optional<std::vector<std::string>> names = checker_.symbols.names_of(*package);
    if (!names) return poison();  // reported at its `use`
    checker_
        .report(field->name.span, diagnostics::unknown_function, checker_.text(call.callee->span))
        .suggest(field->name.text, *names);
    return poison();
  } else if (const auto* name = std::get_if<ast::Name>(&call.callee->node)) {
    if (const auto* found = checker_.symbols.visible(scope_.file, name->text)) {
      return function_call(found->front(), call, span);
    }
    if (name->text == "granted") return granted(call, span);
    checker_.report(call.callee->span, diagnostics::unknown_function, name->text)
        .suggest(name->text, checker_.symbols.visible_names(scope_.file));
    return poison();
  }
  checker_.report(call.callee->span, diagnostics::unknown_function,
                  checker_.text(call.callee->span));
  return poison();
}

Typed Expressions::method_call(const Typed& self, Span self_span, const ast::Identifier& name,
                               const ast::Call& call, Span span) {
  const auto* found = checker_.symbols.in_package(ast::prelude, name.text);
  if (found != nullptr) {
    for (const ast::Symbol& symbol : *found) {
      Bindings bindings;
      bool native = std::holds_alternative<FunctionDeclaration>(symbol.declaration->node);
      if (native && takes_self(checker_, symbol, self.type, bindings))
        return native_call(symbol, &self, self_span, call, span);
    }
  }
  std::vector<std::string> methods;
  for (const auto& [other, symbols] : checker_.symbols.packages.at(std::string(ast::prelude))) {
    Bindings bindings;
    for (const ast::Symbol& symbol : symbols) {
      bool native = std::holds_alternative<FunctionDeclaration>(symbol.declaration->node);
      if (native && takes_self(checker_, symbol, self.type, bindings)) methods.emplace_back(other);
    }
  }
  Diagnostic& diagnostic =
      checker_.report(name.span, diagnostics::unknown_method, checker_.text(self_span), name.text)
          .suggest(name.text, methods);
  if (diagnostic.help_text.empty())
    diagnostic.underline("`{}` has no such method", self.type->name);
  return poison();
}

namespace {

bool right_count(Checker& checker, const FunctionDeclaration& function, size_t wanted, size_t found,
                 Span span) {
  if (wanted == found) return true;
  checker.report(span, diagnostics::argument_count, name_of(function), wanted, found)
      .label(function.name.span, "declared here");
  return false;
}

}  // namespace

Typed Expressions::native_call(const ast::Symbol& symbol, const Typed* self, Span self_span,
                               const ast::Call& call, Span span) {
  const auto& function = std::get<FunctionDeclaration>(symbol.declaration->node);
  size_t given = self == nullptr ? 0 : 1;
  if (!right_count(checker_, function, function.parameters.size() - given, call.arguments.size(),
                   span))
    return poison();
  if (self != nullptr && self->type->is(Kind::object))
    return keyed_call(*self, function, call, span);
  Bindings bindings;
  std::vector<ExpressionPtr> arguments;
  if (self != nullptr) {
    takes_self(checker_, symbol, self->type, bindings);
    arguments.push_back(require_present(*self, self_span));
  }
  for (size_t i = given; i < function.parameters.size(); ++i) {
    TypePtr type = instantiated(checker_, function.parameters[i].type, bindings, symbol.file);
    ast::ExpressionPtr argument = call.arguments[i - given];
    arguments.push_back(plain(argument, type));
    if (arguments.back() == nullptr || function.parameters[i].name.text != "zone") continue;
    if (arguments.back()->op == Op::parameter) continue;  // known where the function is put in
    const plan::Constant* zone = arguments.back()->constant();
    if (zone != nullptr && zone_exists(std::get<std::string>(*zone))) continue;
    if (zone == nullptr) {
      checker_.report(argument->span, diagnostics::not_constant, "a time zone");
    } else {
      checker_
          .report(argument->span, diagnostics::bad_text, std::get<std::string>(*zone), "time zone")
          .help("use a name of the tz database, such as `Europe/Berlin`");
    }
    return poison();
  }
  if (std::ranges::find(arguments, nullptr) != arguments.end()) return poison();
  auto intrinsic = intrinsics.find(function.native_symbol);
  if (intrinsic != intrinsics.end()) {
    ExpressionPtr value = intrinsic->second(checker_, std::move(arguments), span);
    return value == nullptr ? poison() : of(value);
  }
  TypePtr result = instantiated(checker_, function.result, bindings, symbol.file);
  return of(checker_.build.call(result, function.native_symbol, std::move(arguments), span));
}

// request.header("x-team"): a source of its own for each key.
Typed Expressions::keyed_call(const Typed& object, const FunctionDeclaration& function,
                              const ast::Call& call, Span span) {
  const plan::Constant* constant_key =
      constant(call.arguments[0], checker_.simple(Kind::string), "the name");
  if (constant_key == nullptr) return poison();
  std::string key = std::get<std::string>(*constant_key);
  if (function.name.text == "header") key = lower_ascii(key);
  types::Field field;
  field.type = checker_.simple(Kind::string);
  field.phase = checker_.set.schema.objects[object.type->definition].phase;
  return source(object.path + "." + std::string(function.name.text), std::move(key), field, span);
}

// What a parameter means where the function is put in.
Typed Expressions::argument(ast::ExpressionPtr expression, const ast::TypeName& parameter,
                            TypePtr type) {
  if (type->is(Kind::invalid)) return poison();
  if (type->is(Kind::object) || has_parts(type)) {  // known by their path
    Typed typed = check(expression, type);
    if (typed.invalid() || typed.type == type) return typed;
    checker_.report(expression->span, diagnostics::type_mismatch, type->name, typed.type->name)
        .underline("this is `{}`", typed.type->name);
    return poison();
  }
  if (parameter.optional) {
    Typed typed = perhaps(expression, type);
    if (typed.present == nullptr) typed.present = checker_.build.boolean(true, expression->span);
    return typed;
  }
  ExpressionPtr value = plain(expression, type);
  return value == nullptr ? poison() : Typed{type, value, nullptr, nullptr, {}};
}

Typed Expressions::function_call(const ast::Symbol& symbol, const ast::Call& call, Span span) {
  const auto* function = std::get_if<FunctionDeclaration>(&symbol.declaration->node);
  if (function == nullptr) {
    checker_.report(call.callee->span, diagnostics::unknown_function,
                    checker_.text(call.callee->span));
    return poison();
  }
  if (!function->native_symbol.empty()) return native_call(symbol, nullptr, span, call, span);
  if (!right_count(checker_, *function, function->parameters.size(), call.arguments.size(), span))
    return poison();
  Scope scope{symbol.file, nullptr, {}, false};
  bool failed = false;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::Parameter& parameter = function->parameters[i];
    TypePtr type = checker_.type(parameter.type, symbol.file);
    Local local;
    failed = !bind(parameter, call.arguments[i], type, local) || failed;
    scope.locals.push_back(std::move(local));
  }
  if (failed) return poison();
  return put_in_function(symbol, *function, scope, span);
}

// The function was checked on its own. What is wrong only with these arguments is told at the call.
Typed Expressions::put_in_function(const ast::Symbol& symbol, const FunctionDeclaration& function,
                                   const Scope& scope, Span span) {
  if (checker_.in_progress.contains(symbol.declaration)) {
    checker_.report(span, diagnostics::recursive_definition, function.name.text);
    return poison();
  }
  if (!checker_.sound(*symbol.declaration, symbol.file)) return poison();
  if (puts_in_too_much(span)) return poison();
  checker_.in_progress.insert(symbol.declaration);
  ++checker_.silent;
  checker_.unheard = {};
  TypePtr type = checker_.type(function.result, symbol.file);
  Expressions inner(checker_, scope, present_);
  Typed result = inner.check(function.body, type);
  if (result.value != nullptr && !function.result.optional) {
    result.value = inner.require_present(result, function.body->span);
    result.present = nullptr;
  }
  if (result.value != nullptr)
    result.value = inner.convert(result.value, type, function.body->span);
  --checker_.silent;
  checker_.in_progress.erase(symbol.declaration);
  if (result.value != nullptr) return {type, result.value, result.present, nullptr, {}};
  report_within(function, span);
  return poison();
}

void Expressions::report_within(const FunctionDeclaration& function, Span span) {
  const auto& heard = checker_.unheard.all();
  std::string reason = heard.empty() ? "it has no value" : heard.front().message;
  Diagnostic& diagnostic =
      checker_.report(span, diagnostics::wrong_when_called, name_of(function), reason);
  if (!heard.empty()) diagnostic.label(heard.front().span, "{}", reason);
}

}  // namespace aipol::check
