#include "testing/test_runner.h"

#include <limits>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/saturate.h"
#include "runtime/data/data.h"
#include "testing/actual.h"
#include "testing/expectation_facts.h"
#include "testing/reasons.h"

namespace aipol::testing {

namespace {

// What stands behind the word `expect`.
std::string without_keyword(const std::string& text) {
  constexpr std::string_view keyword = "expect ";
  return text.starts_with(keyword) ? text.substr(keyword.size()) : text;
}

constexpr int64_t tests_begin_ns =
    1'767'225'600'000'000'000;  // 2026-01-01T00:00:00Z, where virtual time starts

context::AttributeValue attribute(const plan::Constant& value) {
  return std::visit(
      Overloaded{[](bool v) -> context::AttributeValue { return v; },
                 [](int64_t v) -> context::AttributeValue { return context::ExactInteger{v}; },
                 [](const plan::Ip& v) -> context::AttributeValue { return v; },
                 [](double v) -> context::AttributeValue { return v; },
                 [](const std::string& v) -> context::AttributeValue { return v; },
                 [](const std::vector<std::string>& v) -> context::AttributeValue { return v; },
                 [](const std::vector<int64_t>& v) -> context::AttributeValue {
                   std::vector<context::ExactInteger> numbers;
                   for (int64_t number : v) numbers.push_back({number});
                   return numbers;
                 },
                 [](const auto&) -> context::AttributeValue { return std::string(); }},
      value);
}

}  // namespace

// The steps of one test.
class TestRunner::Steps {
 public:
  Steps(TestRunner& runner, const plan::Test& test)
      : runner_(runner), plan_(runner.program_->plan()), test_(test) {
    result_.test = &test;
  }

  Result run() {
    auto simulation = offline::Simulation::make(runner_.program_, runner_.assets_, tests_begin_ns);
    if (!simulation) {
      fail(test_.place, "a world to run in", simulation.error().message);
      return std::move(result_);
    }
    simulation_ = std::move(*simulation);
    for (const auto& step : test_.steps) {
      std::visit([&](const auto& taken) { take(taken); }, step);
      if (!result_.passed()) break;
    }
    return std::move(result_);
  }

 private:
  void take(const plan::Send& send) {
    described_ = {};
    for (const auto& [name, value] : send.headers) offline::add_header(described_, name, value);
    described_.call.request.query = send.query;
    for (const auto& [path, value] : send.fields) set(path, value, send.place);
    for (const auto& [path, value] : send.reply) {
      bool usage = path.starts_with("usage.");
      set(usage ? path : "response." + path, value, send.place);
    }
    if (!result_.passed()) return;
    outcome_ = simulation_->decide(described_);
    if (runner_.recorder_) runner_.recorder_->record(*simulation_, outcome_);
  }

  void take(const plan::At& at) { simulation_->set_time(at.time); }

  void take(const plan::After& after) {
    int64_t later = saturating_add(simulation_->now(), after.nanoseconds);
    if (later == std::numeric_limits<int64_t>::max())
      return fail(after.place, "a time before 2262-04-11", "a later one");
    simulation_->set_time(later);
  }

  void take(const plan::GivenTarget& given) {
    route::TargetStates::Given state;
    for (const auto& [path, value] : given.fields) {
      if (path == "healthy")
        state.healthy = std::get<bool>(value);
      else if (path == "latency_p95")
        state.latency_p95 = std::get<int64_t>(value);
      else if (path == "error_rate")
        state.error_rate = std::get<double>(value);
      else if (path == "in_flight")
        state.in_flight = std::get<int64_t>(value);
      else
        fail(given.place, "a state of the target",
             fmt::format("`{}` is declared, not a state", path));
    }
    simulation_->give(given.model, state);
  }

  void take(const plan::GivenData& given) {
    const plan::Document& document = plan_.documents[given.document];
    auto data = data::read(document.type, plan::Document::Format::json, plan_.enumerations,
                           given.json, document.name);
    if (!data) return fail(given.place, "a document of its type", data.error().message);
    simulation_->give(given.document, std::move(*data));
  }

  void take(const plan::Expectation& expectation) {
    AipolScratch scratch;
    plan::Facts facts =
        expectation_facts(*simulation_, described_.call, outcome_, runner_.interpreter_, scratch);
    if (runner_.interpreter_.value(expectation.condition, facts).a != 0) return;
    fail(expectation.place, without_keyword(expectation.text),
         actual_of(plan_, expectation.condition, outcome_, runner_.interpreter_, facts));
    explain(expectation);
  }

  void set(const std::string& path, const plan::Constant& value, const plan::Place& place) {
    if (offline::form_of(path)) return offline::set_field(described_, path, value);
    if (offline::set_attribute(described_, path, attribute(value))) return;
    fail(place, "a call that can be made", fmt::format("`{}` can not be given", path));
  }

  // The first failure is told.
  void fail(const plan::Place& place, std::string expected, std::string actual) {
    if (!result_.passed()) return;
    result_.status = Result::Status::failed;
    result_.place = place;
    result_.expected = std::move(expected);
    result_.actual = std::move(actual);
  }

  void explain(const plan::Expectation& expectation) {
    std::vector<offline::Trace> traces = offline::explain(*simulation_, outcome_.decision);
    std::optional<std::string> policy = policy_named(plan_, expectation.condition);
    result_.reasons = reasons(plan_, traces, outcome_.decision, policy);
    if (!runner_.wanted_.explanations) return;
    Explanation& explanation = result_.explanation.emplace();
    explanation.outcome = outcome_;
    explanation.traces = std::move(traces);
    if (simulation_->evaluation() != nullptr)
      explanation.effects = offline::applied(*simulation_->evaluation());
  }

  TestRunner& runner_;
  const plan::Plan& plan_;
  const plan::Test& test_;
  std::unique_ptr<offline::Simulation> simulation_;
  offline::DescribedCall described_;
  offline::Outcome outcome_;
  Result result_;
};

TestRunner::TestRunner(std::shared_ptr<const decision::Program> program,
                       const enforce::Assets& assets, Wanted wanted)
    : program_(std::move(program)),
      assets_(assets),
      wanted_(wanted),
      interpreter_(program_->plan()) {
  if (wanted.coverage) recorder_.emplace(program_->plan());
}

Result TestRunner::run(const plan::Test& test) {
  auto start = std::chrono::steady_clock::now();
  Result result = Steps(*this, test).run();
  result.took = std::chrono::steady_clock::now() - start;
  return result;
}

}  // namespace aipol::testing
