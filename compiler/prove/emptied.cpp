#include "compiler/prove/emptied.h"

#include <algorithm>

namespace aipol::prove {

namespace {

constexpr size_t most_pairs = 20'000;  // that are looked at, of one policy set

const plan::Argument* argument(const plan::Statement& statement, std::string_view name) {
  auto found = std::ranges::find(statement.arguments, name, &plan::Argument::name);
  return found == statement.arguments.end() ? nullptr : &*found;
}

class EmptiedRoutes {
 public:
  EmptiedRoutes(Prover& prover, const Living& living, Findings& out)
      : prover_(prover), plan_(prover.shape().plan()), living_(living), out_(out) {}

  void run() {
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const plan::Statement& statement = plan_.statements[number];
      if (statement.shadow || !living_[number]) continue;
      if (statement.effect == plan::Effect::route) routes_.push_back(number);
      bool removes =
          statement.effect == plan::Effect::require && statement.phase == plan::Phase::target;
      if (removes) requires_.push_back(number);
    }
    for (uint32_t number : routes_) route(number);
    prover_.chooser().restrict_targets({});
  }

 private:
  void route(uint32_t number) {
    const plan::Statement& statement = plan_.statements[number];
    prover_.chooser().restrict_targets(targets_of(statement));
    Goal goal = {{statement.guard, true}};
    if (const plan::Argument* where = argument(statement, "where")) {
      goal.push_back({where->values[0], true});
      if (impossible(goal)) return out_.emptied.push_back({number, std::nullopt});
    }
    for (uint32_t require : requires_) {
      Goal kept = goal;
      kept.push_back({plan_.statements[require].guard, false});
      if (impossible(kept)) return out_.emptied.push_back({number, require});
    }
  }

  std::vector<size_t> targets_of(const plan::Statement& statement) const {
    std::vector<size_t> models;
    const plan::Argument* targets = argument(statement, "targets");
    if (targets == nullptr) return models;
    for (plan::NodeId value : targets->values) {
      const plan::Constant* model = prover_.shape().constant(value);
      models.push_back(static_cast<size_t>(std::get<int64_t>(*model)));
    }
    return models;
  }

  bool impossible(const Goal& goal) {
    return ++pairs_ <= most_pairs && prover_.decide(goal).kind == Answer::Kind::no;
  }

  Prover& prover_;
  const plan::Plan& plan_;
  const Living& living_;
  Findings& out_;
  std::vector<uint32_t> routes_, requires_;
  size_t pairs_ = 0;
};

}  // namespace

void find_emptied(Prover& prover, const Living& living, Findings& out) {
  EmptiedRoutes(prover, living, out).run();
}

}  // namespace aipol::prove
