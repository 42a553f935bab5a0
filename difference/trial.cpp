#include "difference/trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/interpret.h"
#include "runtime/offline/decided_stages.h"
#include "runtime/offline/read_call.h"

namespace aipol::difference {

namespace {

constexpr int64_t tests_begin = 1'767'225'600'000'000'000;  // testing/run_tests.cpp

std::string text_of(const plan::Plan& plan, const decision::Decision& decision) {
  std::string by;
  if (decision.statement) {
    const plan::Statement& statement = plan.statements[*decision.statement];
    by = fmt::format(" by {} ({}:{})", plan.policies[statement.policy].name, statement.place.file,
                     statement.place.line);
  }
  if (decision.allowed) return "allow" + by;
  return fmt::format("deny {}{}: {}", decision.status, by, decision.message);
}

// Those that the route names, or the model that is asked for.
std::vector<std::string> asked(const decision::Evaluation& evaluation) {
  const plan::Plan& plan = evaluation.program().plan();
  if (!evaluation.route()) return {evaluation.call().model_name};
  std::vector<std::string> out;
  for (const plan::Argument& argument : plan.statements[*evaluation.route()].arguments) {
    if (argument.name == "any") {
      for (const plan::Model& model : plan.deployment.models) out.push_back(model.name);
    }
    if (argument.name != "targets") continue;
    for (plan::NodeId node : argument.values) {
      int64_t number = std::get<int64_t>(plan.constants[plan.code[node].payload]);
      out.push_back(plan.deployment.models[static_cast<size_t>(number)].name);
    }
  }
  return out;
}

std::vector<std::string> candidates_of(const offline::Simulation& simulation,
                                       const decision::Decision& decision) {
  const decision::Evaluation* evaluation = simulation.evaluation();
  if (evaluation == nullptr) return {};
  if (evaluation->candidates().empty()) return asked(*evaluation);
  const plan::Plan& plan = evaluation->program().plan();
  plan::NodeId where = plan::no_node;
  if (evaluation->route()) {
    for (const plan::Argument& argument : plan.statements[*evaluation->route()].arguments) {
      if (argument.name == "where") where = argument.values[0];
    }
  }
  plan::Interpreter interpreter(plan);
  std::vector<std::string> out;
  size_t at = 0;
  offline::each_decided_stage(
      simulation, decision, [&](const plan::Stage& stage, const plan::Facts& facts) {
        if (stage.phase != plan::Phase::target) return;
        auto holds = [&](plan::NodeId node) { return interpreter.value(node, facts).a != 0; };
        uint32_t model = evaluation->candidates()[at++].model;
        bool left = where == plan::no_node || holds(where);
        for (uint32_t number : stage.statements) {
          const plan::Statement& statement = plan.statements[number];
          if (!statement.shadow && plan::refuses(statement.effect) && holds(statement.guard))
            left = false;
        }
        if (left) out.push_back(plan.deployment.models[model].name);
      });
  return out;
}

}  // namespace

Result<Trial> Trial::make(const compiler::Compilation& compilation, const std::string& folder,
                          const std::string& cache) {
  std::vector<compiler::Timing> timings;
  auto native = compiler::native_code(compilation.plan, compilation.layout,
                                      {.tier = compiler::Tier::fast, .cache = cache}, timings);
  if (!native) return std::unexpected(native.error());
  auto program = decision::Program::load(
      compilation.plan, compilation.layout,
      {std::move(native->stages), std::move(native->values), std::move(native->memory)});
  if (!program) return std::unexpected(program.error());
  auto assets = enforce::load_assets((*program)->plan(), folder);
  if (!assets) return std::unexpected(assets.error());
  Trial out;
  out.program_ = std::move(*program);
  out.assets_ = std::move(*assets);
  return out;
}

Result<std::unique_ptr<offline::Simulation>> Trial::world() const {
  return offline::Simulation::make(program_, assets_, tests_begin);
}

Result<Seen> Trial::decide_in(offline::Simulation& simulation, std::string_view request) const {
  auto call = offline::read_call(request, program_->plan());
  if (!call) return std::unexpected(call.error());
  if (call->call.request.time_ns == 0) call->call.request.time_ns = simulation.now();
  simulation.set_time(call->call.request.time_ns);
  offline::Outcome outcome = simulation.decide(*call);
  Seen seen;
  seen.allowed = outcome.decision.allowed;
  seen.status = outcome.decision.status;
  seen.message = outcome.decision.message;
  seen.target = outcome.target;
  seen.text = text_of(program_->plan(), outcome.decision);
  seen.fired = outcome.decision.fired;
  seen.candidates = candidates_of(simulation, outcome.decision);
  return seen;
}

Result<Seen> Trial::decide(const std::vector<std::string>& requests) const {
  auto simulation = world();
  if (!simulation) return std::unexpected(simulation.error());
  Result<Seen> seen = failure("no request");
  for (const std::string& request : requests) {
    seen = decide_in(**simulation, request);
    if (!seen) return seen;
  }
  return seen;
}

Result<Seen> Trial::decide_next(std::string_view request) {
  if (world_ == nullptr) {
    auto made = world();
    if (!made) return std::unexpected(made.error());
    world_ = std::move(*made);
  }
  return decide_in(*world_, request);
}

}  // namespace aipol::difference
