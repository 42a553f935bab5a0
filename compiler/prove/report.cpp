#include "compiler/prove/report.h"

namespace aipol::prove {

using diagnostics::Diagnostic;
using source::Span;

namespace {

struct Places {
  Span effect;
  std::vector<Span> conditions;  // as many as the plan's
};

// Where the statements of the plan stand, and the conditions of each; both are in the set's order.
// What is disabled is not in the plan.
std::vector<Places> places_of(const ir::PolicySet& set, const plan::Plan& plan) {
  std::vector<Places> out;
  for (const ir::Policy& policy : set.policies) {
    if (policy.disabled) continue;
    for (const ir::Statement& statement : policy.statements) {
      Places& places = out.emplace_back();
      places.effect = statement.span;
      for (const ir::Condition& condition : statement.conditions) {
        ir::ExpressionPtr whole = condition.expression;
        bool parts = condition.wanted && whole->op == plan::Op::logical_and;
        if (!parts)
          places.conditions.push_back(whole->span);
        else
          for (ir::ExpressionPtr part : whole->arguments) places.conditions.push_back(part->span);
      }
      places.conditions.resize(plan.statements[out.size() - 1].conditions.size(), statement.span);
    }
  }
  return out;
}

class Reporter {
 public:
  Reporter(const ir::PolicySet& set, const plan::Plan& plan, diagnostics::Diagnostics& out)
      : plan_(plan), places_(places_of(set, plan)), out_(out) {}

  void report(const NeverFires& found) {
    const plan::Statement& statement = plan_.statements[found.statement];
    const Places& places = places_[found.statement];
    if (found.scope) {
      out_.report(places.conditions[found.culprits[0]], diagnostics::scope_without_endpoint)
          .underline("no path of it is served")
          .help("declare an `endpoint` for it, or mend the path");
      return;
    }
    Span last = found.culprits.empty() ? places.effect : places.conditions[found.culprits.back()];
    Diagnostic& told = out_.report(last, diagnostics::never_fires, name_of(statement.effect));
    if (found.culprits.size() <= 1) {
      told.underline("holds for no request");
    } else {
      told.underline("never holds together with what is marked");
      for (size_t i = 0; i + 1 < found.culprits.size(); ++i) {
        told.label(places.conditions[found.culprits[i]], "excludes it");
      }
    }
    if (!(last == places.effect)) told.label(places.effect, "this `{}`", name_of(statement.effect));
  }

  void report(const AlwaysRefused& found) {
    std::string_view refusal = name_of(plan_.statements[found.refusal].effect);
    out_.report(places_[found.allow].effect, diagnostics::always_refused)
        .label(places_[found.refusal].effect, "this `{}` refuses each request that it permits",
               refusal)
        .help("narrow the `{}`, or remove the `allow`", refusal);
  }

  void report(const Emptied& found) {
    Diagnostic& told = out_.report(places_[found.route].effect, diagnostics::no_candidate);
    if (!found.require) {
      told.underline("its `where` lets none of its targets pass");
    } else {
      told.label(places_[*found.require].effect, "this removes each of its targets")
          .help("route to a model that is allowed here, or narrow the `require`");
    }
  }

  void report(const Conflict& found) {
    std::string_view effect = name_of(plan_.statements[found.second].effect);
    out_.report(places_[found.second].effect, diagnostics::conflicting_effects, effect)
        .underline("both hold for `{}`", found.send)
        .label(places_[found.first].effect, "the other `{}`", effect)
        .help(
            "give one of their policies a higher `@priority`, or let their conditions exclude each "
            "other");
  }

 private:
  const plan::Plan& plan_;
  std::vector<Places> places_;
  diagnostics::Diagnostics& out_;
};

}  // namespace

void report(const Findings& findings, const ir::PolicySet& set, const plan::Plan& plan,
            diagnostics::Diagnostics& out) {
  Reporter reporter(set, plan, out);
  for (const NeverFires& found : findings.never) reporter.report(found);
  for (const AlwaysRefused& found : findings.refused) reporter.report(found);
  for (const Conflict& found : findings.conflicts) reporter.report(found);
  for (const Emptied& found : findings.emptied) reporter.report(found);
}

}  // namespace aipol::prove
