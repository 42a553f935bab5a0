#include "testing/run_tests.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "plan/interpret.h"
#include "runtime/data/data.h"
#include "runtime/offline/explain.h"
#include "runtime/offline/simulation.h"
#include "testing/expectation_facts.h"

namespace aipol::testing {

namespace {

using decision::Decision;

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

class TestRun {
 public:
  TestRun(std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
          const plan::Test& test)
      : program_(std::move(program)),
        assets_(assets),
        interpreter_(program_->plan()),
        test_(test) {}

  Result run() {
    result_.test = &test_;
    auto simulation = offline::Simulation::make(program_, assets_, tests_begin_ns);
    if (!simulation) {
      fail(test_.place, "a world to run in", simulation.error().message);
      return std::move(result_);
    }
    simulation_ = std::move(*simulation);
    for (const auto& step : test_.steps) {
      std::visit([&](const auto& taken) { take(taken); }, step);
      if (result_.status != Result::Status::passed) break;
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
    if (result_.status == Result::Status::passed) outcome_ = simulation_->decide(described_);
  }

  void take(const plan::At& at) { simulation_->set_time(at.time); }
  void take(const plan::After& after) {
    simulation_->set_time(saturating_add(simulation_->now(), after.nanoseconds));
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
    const plan::Document& document = program_->plan().documents[given.document];
    Result_ data = data::read(document.type, plan::Document::Format::json,
                              program_->plan().enumerations, given.json, document.name);
    if (!data) return fail(given.place, "a document of its type", data.error().message);
    simulation_->give(given.document, std::move(*data));
  }

  void take(const plan::Expectation& expectation) {
    AipolScratch scratch;
    plan::Facts facts =
        expectation_facts(*simulation_, described_.call, outcome_, interpreter_, scratch);
    if (interpreter_.value(expectation.condition, facts).a != 0) return;
    fail(expectation.place, expectation.text, describe(program_->plan(), outcome_.decision));
    if (!outcome_.target.empty())
      result_.actual += fmt::format(", answered by {}", outcome_.target);
    result_.reasons = reasons();
  }

  void set(const std::string& path, const plan::Constant& value, const plan::Place& place) {
    if (offline::form_of(path)) return offline::set_field(described_, path, value);
    if (offline::set_attribute(described_, path, attribute(value))) return;
    fail(place, "a call that can be made", fmt::format("`{}` can not be given", path));
  }

  void fail(const plan::Place& place, std::string expected, std::string actual) {
    result_.status = Result::Status::failed;
    result_.place = place;
    result_.expected = std::move(expected);
    result_.actual = std::move(actual);
  }

  // What fired, and what would have refused or allowed but missed.
  std::vector<std::string> reasons() {
    std::vector<std::string> lines;
    const plan::Plan& plan = program_->plan();
    if (simulation_->evaluation() == nullptr) return lines;
    for (const offline::Trace& trace :
         offline::explain(*simulation_->evaluation(), outcome_.decision)) {
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

  using Result_ = aipol::Result<data::Data>;

  std::shared_ptr<const decision::Program> program_;
  const enforce::Assets& assets_;
  plan::Interpreter interpreter_;
  const plan::Test& test_;
  std::unique_ptr<offline::Simulation> simulation_;
  offline::DescribedCall described_;
  offline::Outcome outcome_;
  Result result_;
};

}  // namespace

std::vector<Result> run_tests(std::shared_ptr<const decision::Program> program,
                              const enforce::Assets& assets, const std::vector<plan::Test>& tests) {
  std::vector<Result> results;
  for (const plan::Test& test : tests) results.push_back(TestRun(program, assets, test).run());
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
