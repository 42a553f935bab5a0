#include "testing/run_tests.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "plan/interpret.h"
#include "runtime/context/fact_values.h"
#include "runtime/offline/decide.h"
#include "runtime/offline/explain.h"
#include "testing/decision_facts.h"

namespace aipol::testing {

namespace {

using decision::Decision;

constexpr int64_t tests_begin_ns =
    1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z, where virtual time starts

class TestRun {
 public:
  TestRun(const decision::Program& program, const plan::Test& test)
      : program_(program), interpreter_(program.plan()), test_(test) {}

  Result run() {
    Result result;
    result.test = &test_;
    for (const auto& step : test_.steps) {
      std::visit(
          Overloaded{[&](const plan::Send& send) { this->send(send); },
                     [&](const plan::Expectation& expectation) { expect(expectation, result); },
                     [](const auto&) {}},
          step);
      if (result.status != Result::Status::passed) break;
    }
    return result;
  }

 private:
  void send(const plan::Send& send) {
    described_ = {};
    described_.call.request.time_ns = tests_begin_ns;
    for (const auto& [name, value] : send.headers) offline::add_header(described_, name, value);
    described_.call.request.query = send.query;
    for (const auto& [path, value] : send.fields) set(path, value);
    decision_ = offline::decide(program_, described_);
  }

  void set(const std::string& path, const plan::Constant& value) {
    if (offline::form_of(path)) return offline::set_field(described_, path, value);
    std::string_view name = std::string_view(path).substr(path.find('.') + 1);
    offline::set_attribute(described_, name, attribute(value));
  }

  static context::AttributeValue attribute(const plan::Constant& value) {
    return std::visit(
        Overloaded{[](bool v) -> context::AttributeValue { return v; },
                   [](int64_t v) -> context::AttributeValue { return context::ExactInteger{v}; },
                   [](const plan::Ip& v) -> context::AttributeValue { return v; },
                   [](double v) -> context::AttributeValue { return v; },
                   [](const std::string& v) -> context::AttributeValue { return v; },
                   [](const std::vector<std::string>& v) -> context::AttributeValue { return v; },
                   [](const auto&) -> context::AttributeValue { return std::string(); }},
        value);
  }

  void expect(const plan::Expectation& expectation, Result& result) {
    AipolScratch scratch;
    plan::Facts facts = decision_facts(program_.plan(), decision_, scratch);
    if (interpreter_.value(expectation.condition, facts).a != 0) return;
    result.status = Result::Status::failed;
    result.place = expectation.place;
    result.expected = expectation.text;
    result.actual = describe(program_.plan(), decision_);
    result.reasons = reasons();
  }

  // What fired, and what would have refused or allowed but missed.
  std::vector<std::string> reasons() {
    std::vector<std::string> lines;
    const plan::Plan& plan = program_.plan();
    for (const offline::Trace& trace : offline::explain(program_, described_.call, decision_)) {
      const plan::Statement& statement = plan.statements[trace.statement];
      if (!trace.reached) continue;
      std::string_view effect = plan::effect_names[static_cast<size_t>(statement.effect)];
      std::string who =
          fmt::format("{} of {} ({}:{})", effect, plan.policies[statement.policy].name,
                      statement.place.file, statement.place.line);
      if (trace.fired)
        lines.push_back(who + " fired");
      else
        lines.push_back(fmt::format("{} did not: {}", who, trace.missed));
    }
    constexpr size_t most = 20;
    if (lines.size() > most) {
      std::string more = fmt::format("and {} more statements", lines.size() - most);
      lines.resize(most);
      lines.push_back(std::move(more));
    }
    return lines;
  }

  const decision::Program& program_;
  plan::Interpreter interpreter_;
  const plan::Test& test_;
  offline::DescribedCall described_;
  Decision decision_;
};

}  // namespace

std::vector<Result> run_tests(const decision::Program& program,
                              const std::vector<plan::Test>& tests) {
  std::vector<Result> results;
  for (const plan::Test& test : tests) results.push_back(TestRun(program, test).run());
  return results;
}

std::string describe(const plan::Plan& plan, const Decision& decision) {
  if (decision.allowed) return "allow";
  std::string text = fmt::format("deny {}", decision.status);
  if (decision.statement) {
    text += fmt::format(" by {}", plan.policies[plan.statements[*decision.statement].policy].name);
  }
  return fmt::format("{}: {}", text, decision.message);
}

}  // namespace aipol::testing
