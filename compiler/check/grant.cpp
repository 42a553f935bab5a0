// Grants: who may use which model, until when; `granted(principal, model)` asks for them.
#include "base/civil.h"
#include "compiler/check/clauses.h"
#include "compiler/check/target.h"

namespace aipol::check {

using ir::ExpressionPtr;
using plan::Op;

namespace {

constexpr std::string_view grant_syntax =
    "$kind $principal on model $model [until $until] [approved_by $approved_by]";

class GrantCheck {
 public:
  GrantCheck(Checker& checker, FileId file) : checker_(checker), scope_{file, nullptr, {}, false} {}

  void run(const ast::GrantDeclaration& grant) {
    std::optional<Slots> slots =
        match_clauses(checker_, "grant", grant.keyword.span, grant_syntax, grant.parts);
    if (!slots) return;
    plan::Grant out;
    const auto* kind = std::get_if<ast::Name>(&slots->value("kind")->node);
    out.kind = kind == nullptr ? "" : kind->text;
    if (out.kind != "app" && out.kind != "user") {
      checker_
          .report(slots->value("kind")->span, diagnostics::unknown_variant, "grant",
                  checker_.text(slots->value("kind")->span))
          .suggest(out.kind, {"app", "user"});
      return;
    }
    out.principal = text(slots->value("principal"));
    ast::ExpressionPtr named = slots->value("model");
    std::string name = text(named);
    if (name.empty()) return;
    std::optional<uint32_t> model = model_named(checker_, name, named->span);
    if (!model) return;
    out.model = *model;
    if (ast::ExpressionPtr until = slots->value("until")) {
      const plan::Constant* time =
          Expressions(checker_, scope_).constant(until, checker_.simple(Kind::time), "a time");
      if (time == nullptr) return;
      out.until = std::get<int64_t>(*time);
    }
    if (ast::ExpressionPtr by = slots->value("approved_by")) out.approved_by = text(by);
    checker_.set.deployment.grants.push_back(std::move(out));
  }

 private:
  std::string text(ast::ExpressionPtr expression) {
    const plan::Constant* value =
        Expressions(checker_, scope_)
            .constant(expression, checker_.simple(Kind::string), "a part of a grant");
    return value == nullptr ? std::string() : std::get<std::string>(*value);
  }

  Checker& checker_;
  Scope scope_;
};

ExpressionPtr field_of(Checker& checker, std::string_view object, std::string_view name,
                       Span span) {
  const types::Field* field = types::find(checker.set.schema.object(object)->fields, name);
  uint32_t source = checker.source(std::string(object) + "." + std::string(name), "", *field);
  return checker.build.source(field->type, source, span);
}

}  // namespace

void check_grants(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* grant = std::get_if<ast::GrantDeclaration>(&declaration.node);
      if (grant != nullptr) GrantCheck(checker, tree.file).run(*grant);
    }
  }
}

// True while a grant covers the pair: written out, so that it is decided, indexed and proved like
// any other condition.
Typed Expressions::granted(const ast::Call& call, Span span) {
  if (call.arguments.size() != 2) {
    checker_.report(span, diagnostics::argument_count, "granted", size_t{2}, call.arguments.size());
    return poison();
  }
  Typed who = check(call.arguments[0]);
  Typed what = check(call.arguments[1]);
  if (who.invalid() || what.invalid()) return poison();
  for (auto [typed, argument, allowed] :
       {std::tuple(&who, call.arguments[0], std::pair("principal", "principal")),
        std::tuple(&what, call.arguments[1], std::pair("model", "target"))}) {
    if (typed->type->is(Kind::object) &&
        (typed->path == allowed.first || typed->path == allowed.second))
      continue;
    checker_.report(argument->span, diagnostics::type_mismatch, allowed.first, typed->type->name);
    return poison();
  }
  ir::Builder& build = checker_.build;
  TypePtr boolean = checker_.simple(Kind::boolean);
  auto equals = [&](ExpressionPtr field, plan::Constant value) {
    return build.make(Op::equal, boolean,
                      {field, build.constant(field->type, std::move(value), span)}, span);
  };
  ExpressionPtr kind = field_of(checker_, "principal", "kind", span);
  const types::Enumeration& kinds = checker_.enumeration(kind->type);
  ExpressionPtr whole = build.boolean(false, span);
  for (const plan::Grant& grant : checker_.set.deployment.grants) {
    ExpressionPtr one = equals(field_of(checker_, "principal", "id", span), grant.principal);
    one =
        build.conjunction(one, equals(kind, static_cast<int64_t>(*kinds.member(grant.kind))), span);
    one = build.conjunction(one,
                            equals(field_of(checker_, what.path, "name", span),
                                   checker_.set.deployment.models[grant.model].name),
                            span);
    if (grant.until) {
      ExpressionPtr now = field_of(checker_, "request", "time", span);
      ExpressionPtr until = build.constant(now->type, *grant.until, span);
      one = build.conjunction(one, build.make(Op::less, boolean, {now, until}, span), span);
    }
    whole = build.disjunction(whole, one, span);
  }
  return of(whole);
}

}  // namespace aipol::check
