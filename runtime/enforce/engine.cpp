#include "runtime/enforce/engine.h"

#include <algorithm>
#include <bit>

#include "runtime/enforce/record.h"

namespace aipol::enforce {

namespace {

using decision::LimitOf;

std::vector<meters::Reads> reads_of(const decision::Program& program, bool all) {
  std::vector<meters::Reads> reads;
  for (const decision::MeterUse& use : program.metering().meters)
    reads.push_back({use.used || all, use.compared || all});
  return reads;
}

std::optional<meters::Amount> constant_amount(const plan::Plan& plan, plan::NodeId node) {
  if (plan.code[node].op != plan::Op::constant) return std::nullopt;
  const plan::Constant& value = plan.constants[plan.code[node].payload];
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? meters::amount_of(*real) : std::get<int64_t>(value);
}

std::vector<meters::Limit> limits_of(const decision::Program& program) {
  std::vector<meters::Limit> limits;
  for (const LimitOf& limit : program.metering().limits)
    limits.push_back({limit.meter, limit.strict, constant_amount(program.plan(), limit.amount)});
  return limits;
}

bool is_content(const plan::Source& source) {
  constexpr std::string_view known_before[] = {"response.status", "response.latency"};
  return source.path.starts_with("response.") &&
         std::ranges::find(known_before, source.path) == std::end(known_before);
}

bool reads_answers(const decision::Program& program) {
  const plan::Plan& plan = program.plan();
  auto keeps_payload = [&](const plan::Statement& statement) {
    return statement.effect == plan::Effect::log &&
           constant_amount(plan, decision::argument(statement, "level")->values[0]) ==
               static_cast<meters::Amount>(LogLevel::payload);
  };
  return std::ranges::any_of(plan.sources, is_content) ||
         std::ranges::any_of(plan.statements, keeps_payload) ||
         std::ranges::any_of(plan.statements,
                             [](const plan::Statement& statement) {
                               return statement.phase == plan::Phase::output ||
                                      plan::inspects(statement.effect);
                             }) ||
         std::ranges::any_of(program.metering().limits, &LimitOf::cut);
}

// Whether policies or strategies go by how targets did.
bool measures_targets(const plan::Plan& plan) {
  return std::ranges::any_of(plan.sources,
                             [](const plan::Source& source) {
                               return source.path == "target.latency_p95" ||
                                      source.path == "target.error_rate";
                             }) ||
         std::ranges::any_of(plan.statements, [](const plan::Statement& statement) {
           return decision::argument(statement, "strategy") != nullptr;
         });
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::make(std::shared_ptr<const decision::Program> program,
                                             Assets assets, World world, EngineOptions options) {
  std::unique_ptr<Engine> engine(new Engine(std::move(program), std::move(assets), world));
  const decision::Program& made = engine->program();
  auto meters = meters::Meters::make(made.plan().meters, reads_of(made, options.keep_all_meters),
                                     limits_of(made), world.clock, world.store);
  if (!meters) return std::unexpected(meters.error());
  engine->meters_ = std::move(*meters);
  engine->reads_answers_ = enforce::reads_answers(made);
  engine->output_guards_ = enforce::output_guards(made.plan());
  engine->targets_ = std::make_unique<route::TargetStates>(
      static_cast<uint32_t>(made.plan().deployment.models.size()), world.clock,
      measures_targets(made.plan()));
  for (uint32_t number = 0; number < made.plan().statements.size(); ++number) {
    if (made.plan().statements[number].effect == plan::Effect::route)
      engine->turns_.try_emplace(number);
  }
  return engine;
}

context::Surroundings Engine::surroundings() const {
  context::Surroundings around;
  around.detectors = assets_.detectors.get();
  around.documents = assets_.documents;
  return around;
}

context::MeterReading Engine::read(uint32_t meter, std::string_view key, bool* away) {
  meters::Reading reading = meters_->read(meter, key);
  if (away != nullptr && reading.away) *away = true;
  return {reading.used, reading.average, reading.zscore, std::nullopt};
}

}  // namespace aipol::enforce
