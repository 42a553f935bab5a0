// Tests: one for each row of a table, names of `let` and of columns put in, expectations as
// conditions.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "compiler/check/expressions.h"
#include "compiler/check/json_text.h"
#include "compiler/check/send.h"
#include "compiler/check/target.h"

namespace aipol::check {

namespace {

using ir::ExpressionPtr;

class TestCheck {
 public:
  TestCheck(Checker& checker, FileId file, const ast::TestDeclaration& test,
            const std::vector<std::string>& policies)
      : checker_(checker), test_(test), policies_(policies) {
    outermost_ = {file, nullptr, {}, true};
  }

  void run() {
    bool expects = std::ranges::any_of(test_.steps, [](const ast::TestStep& step) {
      return std::holds_alternative<ast::ExpectStep>(step.node);
    });
    if (!expects) checker_.report(test_.name_span, diagnostics::empty_test, test_.name);
    columns_once();
    if (test_.rows == nullptr) return row(outermost_, test_.name, std::nullopt);
    Macro table = Expressions(checker_, outermost_).literal_behind(test_.rows);
    const auto* rows = std::get_if<ast::List>(&table.expression->node);
    if (rows == nullptr || rows->items.empty()) {
      checker_.report(test_.rows->span, diagnostics::no_rows, test_.name);
      return;
    }
    for (size_t i = 0; i < rows->items.size(); ++i) {
      Scope scope{outermost_.file, &outermost_, {}, true};
      if (bind(*rows->items[i], table.scope, scope))
        row(scope, fmt::format("{} [row {}]", test_.name, i + 1), rows->items[i]->span);
    }
  }

 private:
  // A later `let` hides an earlier one; of two columns of a name neither is the later.
  void columns_once() {
    std::set<std::string_view> names;
    for (const ast::Identifier& column : test_.columns) {
      if (names.insert(column.text).second) continue;
      checker_.report(column.span, diagnostics::declared_twice, "column", column.text);
    }
  }

  bool bind(const ast::Expression& item, const Scope* scope, Scope& out) {
    std::vector<ast::ExpressionPtr> values = {&item};
    if (const auto* tuple = std::get_if<ast::Tuple>(&item.node)) values = tuple->items;
    if (values.size() != test_.columns.size()) {
      checker_.report(item.span, diagnostics::row_width, values.size(), test_.columns.size());
      return false;
    }
    for (size_t i = 0; i < values.size(); ++i)
      out.locals.push_back({test_.columns[i].text, Macro{values[i], scope}});
    return true;
  }

  void row(const Scope& outer, std::string name, std::optional<Span> written) {
    ir::Test out;
    out.name = std::move(name);
    out.row = written;
    out.span = test_.name_span;
    const Scope* scope = &outer;
    bool sent = false;
    for (const ast::TestStep& step : test_.steps) {
      if (const auto* let = std::get_if<ast::LetStep>(&step.node)) {
        Scope* inner =
            checker_.set.arena.make<Scope>(outer.file, scope, std::vector<Local>{}, true);
        inner->locals.push_back({let->name.text, Macro{let->value, scope}});
        scope = inner;
      } else if (const auto* send = std::get_if<ast::SendStep>(&step.node)) {
        ir::Send checked;
        checked.span = send->call_span;
        bool good = check_send(checker_, *scope, send->call, checked);
        if (send->reply) good = check_reply(checker_, *scope, *send->reply, checked) && good;
        AIPOL_CHECK(good || checker_.collected.failed(), "what is wrong with a send is reported");
        if (good) out.steps.push_back({std::move(checked)});
        sent = true;
      } else if (!std::holds_alternative<ast::ExpectStep>(step.node)) {
        std::visit([&](const auto& node) { world(node, step.span, *scope, out); }, step.node);
      } else {
        if (!sent) checker_.report(step.span, diagnostics::expect_before_send);
        expect(std::get<ast::ExpectStep>(step.node), step.span, *scope, out);
      }
    }
    checker_.set.tests.push_back(std::move(out));
  }

  // The clock and the world of the test.
  void world(const ast::AtStep& at, Span span, const Scope& scope, ir::Test& out) {
    const plan::Constant* time =
        Expressions(checker_, scope).constant(at.time, checker_.simple(Kind::time), "the time");
    if (time != nullptr) out.steps.push_back({ir::At{std::get<int64_t>(*time), span}});
  }
  void world(const ast::AfterStep& after, Span span, const Scope& scope, ir::Test& out) {
    const plan::Constant* time =
        Expressions(checker_, scope)
            .constant(after.duration, checker_.simple(Kind::duration), "the time");
    if (time == nullptr) return;
    if (std::get<int64_t>(*time) < 0) {
      checker_.report(after.duration->span, diagnostics::bad_step, "time does not run backwards");
      return;
    }
    out.steps.push_back({ir::After{std::get<int64_t>(*time), span}});
  }
  void world(const ast::GivenDataStep& given, Span span, const Scope& scope, ir::Test& out) {
    const auto* found = checker_.symbols.visible(scope.file, given.name.text);
    auto document = found == nullptr ? checker_.documents.end()
                                     : checker_.documents.find(found->front().declaration);
    if (document == checker_.documents.end()) {
      std::vector<std::string> known;
      for (const plan::Document& one : checker_.set.documents) known.push_back(one.name);
      checker_.report(given.name.span, diagnostics::unknown_name, given.name.text)
          .suggest(given.name.text, known);
      return;
    }
    const auto& declared = std::get<ast::DataDeclaration>(found->front().declaration->node);
    TypePtr type = checker_.type(declared.type, found->front().file);
    if (auto json = document_json(checker_, scope, given.value, type))
      out.steps.push_back({ir::GivenData{document->second, std::move(*json), span}});
  }
  void world(const ast::GivenTargetStep& given, Span span, const Scope& scope, ir::Test& out) {
    if (given.keyword.text != "target") {
      checker_.report(given.keyword.span, diagnostics::syntax_error, "`data` or `target`",
                      "`" + std::string(given.keyword.text) + "`");
      return;
    }
    const plan::Constant* name =
        Expressions(checker_, scope)
            .constant(given.model, checker_.simple(Kind::string), "the model");
    std::optional<uint32_t> model =
        name == nullptr ? std::nullopt
                        : model_named(checker_, std::get<std::string>(*name), given.model->span);
    ir::GivenTarget state{model.value_or(0), {}, span};
    if (check_target_state(checker_, scope, given.state, state) && model)
      out.steps.push_back({std::move(state)});
  }
  template <class Other>
  void world(const Other&, Span, const Scope&, ir::Test&) {}

  void expect(const ast::ExpectStep& step, Span span, const Scope& scope, ir::Test& out) {
    ExpressionPtr condition =
        std::visit([&](const auto& e) { return expectation(e, span, scope); }, step.expectation);
    AIPOL_CHECK(condition != nullptr || checker_.collected.failed(),
                "what is wrong with an expectation is reported");
    if (condition == nullptr) return;
    out.steps.push_back({ir::Expectation{condition, on_one_line(checker_.text(span)), span}});
  }

  ExpressionPtr decision(std::string_view field_name, Span span) {
    const types::Field* field =
        types::find(checker_.set.schema.object("decision")->fields, field_name);
    uint32_t source = checker_.source("decision." + std::string(field_name), "", *field);
    return checker_.build.source(field->type, source, span);
  }

  ExpressionPtr equals(std::string_view field, plan::Constant value, Span span) {
    ExpressionPtr read = decision(field, span);
    return checker_.build.make(plan::Op::equal, checker_.simple(Kind::boolean),
                               {read, checker_.build.constant(read->type, std::move(value), span)},
                               span);
  }

  ExpressionPtr outcome(std::string_view member, Span span) {
    const types::Enumeration& outcomes = checker_.enumeration(decision("outcome", span)->type);
    return equals("outcome", static_cast<int64_t>(*outcomes.member(member)), span);
  }

  ExpressionPtr expectation(const ast::ExpectAllow&, Span span, const Scope&) {
    return outcome("allow", span);
  }

  ExpressionPtr expectation(const ast::ExpectDeny& deny, Span span, const Scope& scope) {
    ExpressionPtr whole = outcome("deny", span);
    if (deny.status != nullptr) {
      const plan::Constant* status =
          Expressions(checker_, scope)
              .constant(deny.status, checker_.simple(Kind::integer), "the status");
      if (status == nullptr) return nullptr;
      int64_t number = std::get<int64_t>(*status);
      if (number < 400 || number > 599) {
        checker_.report(deny.status->span, diagnostics::bad_status, number)
            .underline("a refusal is 400 to 599");
        return nullptr;
      }
      whole = checker_.build.conjunction(whole, equals("status", *status, span), span);
    }
    if (!deny.policy) return whole;
    if (std::ranges::find(policies_, deny.policy->text) == policies_.end()) {
      checker_.report(deny.policy->span, diagnostics::unknown_policy, deny.policy->text)
          .suggest(deny.policy->text, policies_);
      return nullptr;
    }
    return checker_.build.conjunction(whole, equals("by", std::string(deny.policy->text), span),
                                      span);
  }

  // Whether the condition reads the decision alone; the call is what the test itself wrote.
  bool of_decision(ExpressionPtr condition) {
    if (const auto* source = std::get_if<ir::SourceRef>(&condition->payload)) {
      const std::string& path = checker_.set.sources[source->source].path;
      constexpr std::string_view known[] = {"decision.", "response.", "forwarded.", "audit.",
                                            "meter.",    "data.",     "usage.",     "detectors"};
      if (std::ranges::any_of(known,
                              [&](std::string_view prefix) { return path.starts_with(prefix); }))
        return true;
      checker_.report(condition->span, diagnostics::not_of_decision, path)
          .help(
              "`expect` reads what was decided: `decision.status`, `decision.by`, "
              "`decision.message`, …");
      return false;
    }
    return std::ranges::all_of(condition->arguments,
                               [this](ExpressionPtr part) { return of_decision(part); });
  }

  ExpressionPtr expectation(const ast::ExpectRoute& route, Span span, const Scope&) {
    if (!model_named(checker_, route.model, route.model_span)) return nullptr;
    return checker_.build.conjunction(outcome("allow", span), equals("target", route.model, span),
                                      span);
  }

  // `expect want`, where a column or a `let` holds `allow` or `deny`.
  ExpressionPtr expectation(const ast::ExpectCondition& expect, Span span, const Scope& scope) {
    Expressions expressions(checker_, scope);
    Macro behind = expressions.literal_behind(expect.condition);
    const auto* name = std::get_if<ast::Name>(&behind.expression->node);
    if (name != nullptr && (name->text == "allow" || name->text == "deny"))
      return outcome(name->text, span);
    ExpressionPtr condition = expressions.condition(expect.condition);
    return condition != nullptr && of_decision(condition) ? condition : nullptr;
  }

  Checker& checker_;
  const ast::TestDeclaration& test_;
  const std::vector<std::string>& policies_;
  Scope outermost_;
};

}  // namespace

void check_tests(Checker& checker) {
  std::vector<std::string> policies;
  for (const ir::Policy& policy : checker.set.policies) policies.push_back(policy.name);
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      if (const auto* test = std::get_if<ast::TestDeclaration>(&declaration.node)) {
        TestCheck(checker, tree.file, *test, policies).run();
      }
    }
  }
}

}  // namespace aipol::check
