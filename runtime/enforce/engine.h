// What all calls that one version of a policy set decides share: the program, its assets, its
// meters, the state of its targets and routes. The one implementation for serving and for tests:
// what differs is the world it is made with.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/decision/evaluation.h"
#include "runtime/decision/program.h"
#include "runtime/enforce/alerts.h"
#include "runtime/enforce/answers.h"
#include "runtime/enforce/assets.h"
#include "runtime/enforce/growth.h"
#include "runtime/enforce/prices.h"
#include "runtime/enforce/sessions.h"
#include "runtime/meters/meters.h"
#include "runtime/route/route.h"
#include "runtime/route/target_states.h"

namespace aipol::enforce {

// What lasts from one version of a set to the next.
struct World {
  const Clock& clock;
  meters::Store& store;
  Sessions& sessions;
  Alerts& alerts;
  Answers& answers;
  std::array<uint64_t, 2> redaction_secret{};  // of `with hash`
};

struct EngineOptions {
  bool keep_all_meters = false;  // also those that no policy reads: tests look at them
};

class Engine {
 public:
  // The world must outlive the engine. The error names a zone that does not exist.
  static Result<std::unique_ptr<Engine>> make(std::shared_ptr<const decision::Program> program,
                                              Assets assets, World world,
                                              EngineOptions options = {});
  Engine(const Engine&) = delete;

  const decision::Program& program() const { return *program_; }
  const plan::Plan& plan() const { return program_->plan(); }
  const Assets& assets() const { return assets_; }
  void replace(uint32_t document, data::Data with) {
    assets_.documents[document] = std::move(with);
  }
  World& world() { return world_; }
  meters::Meters& meters() { return *meters_; }
  route::TargetStates& targets() { return *targets_; }
  route::Turns& turns(uint32_t statement) { return turns_.at(statement); }
  // How the guards of phase output behave while a text grows.
  const std::vector<OutputGuard>& output_guards() const { return output_guards_; }

  // What such a use of a model costs, by its number in the deployment; nano-dollars.
  int64_t cost(uint32_t model, const context::Usage& usage) const {
    return enforce::cost(prices_[model], usage);
  }

  // Whether some statement reads the contents of answers, cuts them or writes them down.
  bool reads_answers() const { return reads_answers_; }

  // What policies read of the world, for a call that is decided now.
  context::Surroundings surroundings() const;

  // As Meters::read, with its amounts as policies see them. Sets `away`, where given, if nothing
  // is known.
  context::MeterReading read(uint32_t meter, std::string_view key, bool* away = nullptr);

 private:
  Engine(std::shared_ptr<const decision::Program> program, Assets assets, World world)
      : program_(std::move(program)), assets_(std::move(assets)), world_(world) {
    for (const plan::Model& model : plan().deployment.models) prices_.push_back(price_of(model));
  }

  std::shared_ptr<const decision::Program> program_;
  Assets assets_;
  World world_;
  std::unique_ptr<meters::Meters> meters_;
  std::unique_ptr<route::TargetStates> targets_;
  std::map<uint32_t, route::Turns> turns_;  // by `route` statement
  std::vector<OutputGuard> output_guards_;
  std::vector<Price> prices_;  // of the models
  bool reads_answers_ = false;
};

}  // namespace aipol::enforce
