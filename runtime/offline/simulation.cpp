#include "runtime/offline/simulation.h"

#include <tuple>

namespace aipol::offline {

Result<std::unique_ptr<Simulation>> Simulation::make(
    std::shared_ptr<const decision::Program> program, enforce::Assets assets, int64_t time) {
  std::unique_ptr<Simulation> made(new Simulation(time));
  enforce::World world{made->clock_, made->store_, made->sessions_, made->alerts_, made->answers_};
  auto engine = enforce::Engine::make(std::move(program), std::move(assets), world,
                                      {.keep_all_meters = true});
  if (!engine) return std::unexpected(engine.error());
  made->engine_ = std::move(*engine);
  return made;
}

void Simulation::give(uint32_t model, const route::TargetStates::Given& state) {
  engine_->targets().give(model, state);
}

const decision::Evaluation* Simulation::evaluation() const {
  return course_ ? course_->evaluation() : nullptr;
}

const context::Response& Simulation::answer() const {
  static const context::Response none;
  return course_ ? course_->response() : none;
}

Outcome Simulation::decide(DescribedCall& described) {
  course_.emplace(*engine_, described);
  course_->judge();
  std::ignore = course_->answer();
  return course_->finish();
}

}  // namespace aipol::offline
