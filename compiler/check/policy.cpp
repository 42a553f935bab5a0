// Policies: annotations, scope, and one guard for each statement.
#include <algorithm>
#include <map>
#include <set>

#include "base/check.h"
#include "compiler/check/expressions.h"
#include "compiler/check/statement.h"

namespace aipol::check {

namespace {

using ir::ExpressionPtr;

// What stands in front of every statement of a policy.
class PolicyCheck {
 public:
  PolicyCheck(Checker& checker, FileId file, const ast::Declaration& declaration,
              const ast::PolicyDeclaration& policy)
      : checker_(checker),
        declaration_(declaration),
        policy_(policy),
        scope_{file, nullptr, {}, false} {}

  void run() {
    ir::Policy out;
    out.name = policy_.name.text;
    out.package = checker_.symbols.files[scope_.file].package;
    out.title = policy_.title.value_or("");
    out.doc = declaration_.doc;
    out.span = policy_.name.span;
    for (const ast::Annotation& annotation : policy_.annotations) annotate(annotation, out);
    Expressions expressions(checker_, scope_);
    std::vector<ExpressionPtr> scopes;
    auto add = [&](ExpressionPtr part) {
      AIPOL_CHECK(part != nullptr || checker_.collected.failed(),
                  "what is wrong with a scope is reported");
      if (part == nullptr) return;
      expressions.assume(part, true);
      scopes.push_back(part);
    };
    if (auto all = places(); !all.empty()) add(any_place(all));
    for (const ast::Scope& scope : policy_.scopes) {
      if (const auto* when = std::get_if<ast::WhenScope>(&scope.node))
        add(expressions.condition(when->condition));
    }
    for (const ast::Statement& statement : policy_.statements) {
      StatementCheck check(checker_, scope_, statement, scopes, expressions.present());
      if (auto checked = check.run()) out.statements.push_back(std::move(*checked));
    }
    for (ir::Statement& statement : out.statements) statement.shadow = out.shadow;
    // A statement that vanished in silence would be a hole.
    AIPOL_CHECK(checker_.collected.failed() || out.statements.size() == policy_.statements.size(),
                "what is wrong with a statement is reported");
    share(out);
    checker_.set.policies.push_back(std::move(out));
  }

 private:
  void annotate(const ast::Annotation& annotation, ir::Policy& out) {
    std::string_view name = annotation.name.text;
    const std::vector<std::string> known = {"priority", "owner",  "since",  "id",
                                            "disabled", "shadow", "enforce"};
    if (std::ranges::find(known, name) == known.end()) {
      checker_.report(annotation.span, diagnostics::unknown_annotation, name).suggest(name, known);
      return;
    }
    if (!annotated_.insert(name).second) {
      checker_.report(annotation.span, diagnostics::duplicate_key, "@" + std::string(name));
      return;
    }
    size_t wanted = name == "disabled" || name == "shadow" ? 0 : 1;
    if (annotation.arguments.size() != wanted) {
      checker_.report(annotation.span, diagnostics::argument_count, name, wanted,
                      annotation.arguments.size());
      return;
    }
    if (name == "disabled") out.disabled = true;
    if (name == "shadow") out.shadow = true;
    if (wanted == 0) return;
    Expressions expressions(checker_, scope_);
    TypePtr type = checker_.simple(name == "priority"  ? Kind::integer
                                   : name == "since"   ? Kind::date
                                   : name == "enforce" ? Kind::real
                                                       : Kind::string);
    const plan::Constant* value =
        expressions.constant(annotation.arguments[0], type, "an annotation's argument");
    if (value == nullptr) return;
    if (name == "priority") out.priority = std::get<int64_t>(*value);
    if (name == "owner") out.owner = std::get<std::string>(*value);
    if (name == "id") out.id = std::get<std::string>(*value);
    if (name == "since") out.since = checker_.text(annotation.arguments[0]->span);
    if (name != "enforce") return;
    enforced_ = std::get<double>(*value);
    if (*enforced_ < 0 || *enforced_ > 1) {
      checker_.report(annotation.arguments[0]->span, diagnostics::bad_setting,
                      checker_.text(annotation.arguments[0]->span), "is not between 0% and 100%");
    }
  }

  // Enforced for a share of the principals, by a hash of their ids; of the rest it is a shadow.
  void share(ir::Policy& policy) {
    if (!enforced_) return;
    Span span = policy_.name.span;
    TypePtr string = checker_.simple(Kind::string);
    TypePtr integer = checker_.simple(Kind::integer);
    const types::Field* id = types::find(checker_.set.schema.object("principal")->fields, "id");
    ExpressionPtr who =
        checker_.build.source(string, checker_.source("principal.id", "", *id), span);
    ExpressionPtr bucket = checker_.build.call(
        integer, "text.bucket", {who, checker_.build.constant(string, policy.name, span)}, span);
    constexpr int64_t buckets = 10'000;
    auto first = static_cast<int64_t>(*enforced_ * static_cast<double>(buckets) + 0.5);
    ExpressionPtr chosen =
        checker_.build.make(plan::Op::less, checker_.simple(Kind::boolean),
                            {bucket, checker_.build.constant(integer, first, span)}, span);
    size_t count = policy.statements.size();
    for (size_t i = 0; i < count; ++i) {
      ir::Statement shadow = policy.statements[i];
      shadow.shadow = true;
      shadow.guard =
          checker_.build.conjunction(shadow.guard, checker_.build.negation(chosen, span), span);
      shadow.conditions.push_back({chosen, false});
      policy.statements.push_back(std::move(shadow));
      policy.statements[i].guard =
          checker_.build.conjunction(policy.statements[i].guard, chosen, span);
      policy.statements[i].conditions.push_back({chosen, true});
    }
  }

  // Of several `on` any holds. Those that name no methods are one, which an index finds.
  std::vector<std::pair<ast::OnScope, Span>> places() const {
    std::vector<std::pair<ast::OnScope, Span>> all;
    for (const ast::Scope& scope : policy_.scopes) {
      const auto* on = std::get_if<ast::OnScope>(&scope.node);
      if (on == nullptr) continue;
      bool more = !all.empty() && on->methods.empty() && all.back().first.methods.empty();
      if (!more) {
        all.emplace_back(*on, scope.span);
        continue;
      }
      auto& [whole, span] = all.back();
      whole.globs.insert(whole.globs.end(), on->globs.begin(), on->globs.end());
      whole.glob_spans.insert(whole.glob_spans.end(), on->glob_spans.begin(), on->glob_spans.end());
      span = span.to(scope.span);
    }
    return all;
  }

  ExpressionPtr any_place(const std::vector<std::pair<ast::OnScope, Span>>& places) {
    std::vector<ExpressionPtr> parts;
    for (const auto& [on, span] : places) {
      if (ExpressionPtr part = place_test(on, span)) parts.push_back(part);
    }
    if (parts.size() < places.size()) return nullptr;
    return checker_.build.disjunction(parts, places.front().second.to(places.back().second));
  }

  ExpressionPtr place_test(const ast::OnScope& on, Span span) {
    ExpressionPtr methods =
        on.methods.empty() ? checker_.build.boolean(true, span) : method_test(on, span);
    ExpressionPtr paths =
        on.globs.empty() ? checker_.build.boolean(true, span) : path_test(on, span);
    return methods == nullptr || paths == nullptr
               ? nullptr
               : checker_.build.conjunction(paths, methods, span);
  }

  ExpressionPtr request_field(std::string_view name, Span span) {
    const types::Field* field = types::find(checker_.set.schema.object("request")->fields, name);
    uint32_t source = checker_.source("request." + std::string(name), "", *field);
    return checker_.build.source(field->type, source, span);
  }

  ExpressionPtr method_test(const ast::OnScope& on, Span span) {
    ExpressionPtr method = request_field("method", span);
    const types::Enumeration& known = checker_.enumeration(method->type);
    std::vector<plan::Constant> numbers;
    for (const ast::Identifier& name : on.methods) {
      if (auto number = known.member(name.text)) {
        numbers.emplace_back(static_cast<int64_t>(*number));
      } else {
        checker_.report(name.span, diagnostics::unknown_http_method, name.text)
            .suggest(name.text, known.members);
      }
    }
    if (numbers.size() != on.methods.size()) return nullptr;
    ExpressionPtr members = checker_.build.constant(checker_.set.types.of(Kind::set, method->type),
                                                    sorted_list(numbers), span);
    return checker_.build.make(plan::Op::in_set, checker_.simple(Kind::boolean), {method, members},
                               span);
  }

  ExpressionPtr path_test(const ast::OnScope& on, Span span) {
    std::vector<plan::Constant> globs;
    for (size_t i = 0; i < on.globs.size(); ++i) {
      if (!on.globs[i].value.starts_with('/')) {
        checker_.report(on.glob_spans[i], diagnostics::bad_glob, on.globs[i].value,
                        "does not start with `/`");
        return nullptr;
      }
      globs.emplace_back(on.globs[i].value);
    }
    TypePtr texts = checker_.set.types.of(Kind::set, checker_.simple(Kind::string));
    ExpressionPtr constant = checker_.build.constant(texts, sorted_list(std::move(globs)), span);
    return checker_.build.make(plan::Op::on_path, checker_.simple(Kind::boolean),
                               {request_field("path", span), constant}, span);
  }

  Checker& checker_;
  const ast::Declaration& declaration_;
  const ast::PolicyDeclaration& policy_;
  Scope scope_;
  std::set<std::string_view> annotated_;
  std::optional<double> enforced_;
};

}  // namespace

void check_policies(Checker& checker) {
  std::map<std::string, Span> ids;
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      if (const auto* policy = std::get_if<ast::PolicyDeclaration>(&declaration.node)) {
        PolicyCheck(checker, tree.file, declaration, *policy).run();
        const ir::Policy& checked = checker.set.policies.back();
        if (checked.id.empty()) continue;
        auto [first, fresh] = ids.try_emplace(checked.id, checked.span);
        if (fresh) continue;
        checker.report(checked.span, diagnostics::declared_twice, "id", checked.id)
            .label(first->second, "first declared here");
      }
    }
  }
}

}  // namespace aipol::check
