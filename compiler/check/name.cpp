// Bare names: locals, enum members by the expected type, objects, constants.
#include <algorithm>

#include <fmt/ranges.h>

#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

bool is_record(const Local& local) {
  const auto* macro = std::get_if<Macro>(&local.meaning);
  return macro != nullptr && std::holds_alternative<ast::Record>(macro->expression->node);
}

}  // namespace

Typed Expressions::node(const ast::Name& name, Span span, TypePtr expected) {
  bool is_member = expected != nullptr && expected->is(Kind::enumeration) &&
                   checker_.enumeration(expected).member(name.text).has_value();
  if (const Local* local = scope_.find(name.text);
      local != nullptr && !(is_member && is_record(*local))) {
    if (const auto* typed = std::get_if<Typed>(&local->meaning)) return *typed;
    return put_in(std::get<Macro>(local->meaning), expected);
  }
  if (is_member) return member(name.text, expected, span);
  if (const auto* found = checker_.symbols.visible(scope_.file, name.text)) {
    return declared(found->front(), span, expected);
  }
  if (name.text == "now") {
    const types::Object* request = checker_.set.schema.object("request");
    return source("request.time", "", *types::find(request->fields, "time"), span);
  }
  return unknown_name(name.text, span, expected);
}

Typed Expressions::member(std::string_view text, TypePtr type, Span span) {
  const types::Enumeration& enumeration = checker_.enumeration(type);
  if (auto number = enumeration.member(text)) {
    return of(checker_.build.constant(type, static_cast<int64_t>(*number), span));
  }
  if (checker_.named.contains(enumeration.name)) {
    std::string_view entity = enumeration.name == "ModelName"  ? "model"
                              : enumeration.name == "SinkName" ? "sink"
                                                               : "provider";
    checker_.report(span, diagnostics::unknown_entity, entity, text)
        .suggest(text, enumeration.members);
    return poison();
  }
  Diagnostic& diagnostic =
      checker_.report(span, diagnostics::unknown_member, text, enumeration.name)
          .suggest(text, enumeration.members);
  if (enumeration.open && diagnostic.help_text.empty()) {
    bool closed = !checker_.files[enumeration.span.file].builtin();
    diagnostic.help("its members are those that {}: {}",
                    closed ? "its declaration names" : "a model or provider of the set bears",
                    fmt::join(enumeration.members, ", "));
  }
  return poison();
}

bool Expressions::name_is_known(ir::ExpressionPtr read, const plan::Constant& names, Span span) {
  struct Named {
    std::string_view path, entity;
  };
  constexpr Named known[] = {{"target.name", "ModelName"},
                             {"decision.target", "ModelName"},
                             {"audit.target", "ModelName"},
                             {"forwarded.model.name", "ModelName"},
                             {"forwarded.model.provider", "ProviderName"},
                             {"model.provider", "ProviderName"},
                             {"target.provider", "ProviderName"},
                             {"provider.name", "ProviderName"}};
  const auto* source = std::get_if<ir::SourceRef>(&read->payload);
  if (read->op != plan::Op::source || source == nullptr) return true;
  auto found = std::ranges::find(known, checker_.set.sources[source->source].path, &Named::path);
  if (found == std::end(known)) return true;
  TypePtr entities = checker_.named.find(found->entity)->second;
  std::vector<std::string> texts;
  if (const auto* one = std::get_if<std::string>(&names)) texts = {*one};
  if (const auto* many = std::get_if<std::vector<std::string>>(&names)) texts = *many;
  return std::ranges::all_of(texts, [&](const std::string& text) {
    return text.empty() || !member(text, entities, span).invalid();  // empty: there is none
  });
}

Typed Expressions::declared(const ast::Symbol& symbol, Span span, TypePtr expected) {
  const ast::Declaration& declaration = *symbol.declaration;
  if (const auto* object = std::get_if<ast::ObjectDeclaration>(&declaration.node)) {
    constexpr std::string_view of_tests[] = {"decision", "audit", "forwarded"};
    std::string_view name = object->name.text;
    if (std::ranges::find(of_tests, name) != std::end(of_tests) && !scope_.expectations) {
      checker_.report(span, diagnostics::not_a_value, name, "known only to the `expect` of a test");
      return poison();
    }
    return {checker_.defined.at(&declaration), nullptr, nullptr, nullptr,
            std::string(object->name.text)};
  }
  if (const auto* data = std::get_if<ast::DataDeclaration>(&declaration.node))
    return document(symbol, *data, span);
  if (std::optional<Typed> found = entity(declaration, symbol.file)) return *found;
  const auto* constant = std::get_if<ast::ConstDeclaration>(&declaration.node);
  if (constant == nullptr) {
    bool function = std::holds_alternative<ast::FunctionDeclaration>(declaration.node);
    checker_.report(span, diagnostics::not_a_value, checker_.text(span),
                    function ? "a function" : "a type");
    return poison();
  }
  if (checker_.in_progress.contains(&declaration)) {
    checker_.report(span, diagnostics::recursive_definition, constant->name.text);
    return poison();
  }
  if (!checker_.sound(declaration, symbol.file)) return poison();
  TypePtr type = constant->type ? checker_.type(*constant->type, symbol.file) : expected;
  if (auto known = checker_.constants.find({&declaration, type}); known != checker_.constants.end())
    return known->second;
  checker_.in_progress.insert(&declaration);
  Scope scope{symbol.file, nullptr, {}, false};
  Typed typed = put_in({constant->value, &scope}, type);
  checker_.in_progress.erase(&declaration);
  if (!typed.invalid()) checker_.constants[{&declaration, type}] = typed;
  return typed;
}

// What stands behind the names of meters, detectors, groups and classifiers.
std::optional<Typed> Expressions::entity(const ast::Declaration& declaration, FileId file) {
  auto of_kind = [&](Kind kind, std::string_view name, uint32_t number) -> Typed {
    return {checker_.set.types.defined(kind, number, name), nullptr, nullptr, nullptr, {}};
  };
  if (std::holds_alternative<ast::MeterDeclaration>(declaration.node)) {
    auto meter = checker_.meters.find(&declaration);
    return meter == checker_.meters.end() ? poison() : of_kind(Kind::meter, "meter", meter->second);
  }
  if (const auto* block = std::get_if<ast::BlockDeclaration>(&declaration.node)) {
    auto number = checker_.classifiers.find(&declaration);
    if (block->keyword.text != "classifier") return std::nullopt;
    return number == checker_.classifiers.end()
               ? poison()
               : of_kind(Kind::classifier, "classifier", number->second);
  }
  const auto* list = std::get_if<ast::ListDeclaration>(&declaration.node);
  bool group = list != nullptr && list->keyword.text == "group";
  if (group || std::holds_alternative<ast::DetectorDeclaration>(declaration.node)) {
    std::optional<uint32_t> numbers = checker_.detector(declaration, file);
    return numbers ? of_kind(Kind::detector, "detector", *numbers) : poison();
  }
  return std::nullopt;
}

Typed Expressions::put_in(const Macro& macro, TypePtr expected) {
  if (puts_in_too_much(macro.expression->span)) return poison();
  Expressions inner(checker_, *macro.scope, present_);
  Typed typed = inner.check(macro.expression, expected);
  if (typed.value == nullptr || expected == nullptr) return typed;
  // A mismatch is told where the name stands, by the caller; here only what converts is converted.
  if (typed.type->is(Kind::integer) && expected->is(Kind::real)) {
    typed.value = convert(typed.value, expected, macro.expression->span);
    typed.type = expected;
  }
  return typed;
}

const std::string* Expressions::qualifier(ast::ExpressionPtr expression) const {
  const auto* name = std::get_if<ast::Name>(&expression->node);
  if (name == nullptr || scope_.find(name->text) != nullptr) return nullptr;
  return checker_.symbols.package_named(scope_.file, name->text);
}

Typed Expressions::unknown_name(std::string_view text, Span span, TypePtr expected) {
  if (expected != nullptr && expected->is(Kind::enumeration)) return member(text, expected, span);
  std::vector<std::string> known = checker_.symbols.visible_names(scope_.file);
  for (const Scope* scope = &scope_; scope != nullptr; scope = scope->outer) {
    for (const Local& local : scope->locals) known.emplace_back(local.name);
  }
  for (const auto& [alias, package] : checker_.symbols.files[scope_.file].packages)
    known.push_back(alias);
  checker_.report(span, diagnostics::unknown_name, text).suggest(text, known);
  return poison();
}

}  // namespace aipol::check
