#include "compiler/prove/solver.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace aipol::prove {

using plan::Constant;

Solver::Solver(const Z3& z3, Shape& shape, Chooser& chooser, Worlds& worlds, Limits limits)
    : z3_(z3), shape_(shape), chooser_(chooser), worlds_(worlds), limits_(limits) {
  Z3_config config = z3.mk_config();
  context_ = z3.mk_context(config);
  z3.del_config(config);
  z3.set_error_handler(context_, nullptr);
  solver_ = z3.mk_simple_solver(context_);
  z3.solver_inc_ref(context_, solver_);
}

Solver::~Solver() {
  z3_.solver_dec_ref(context_, solver_);
  z3_.del_context(context_);
}

// Z3 stops behind so many steps from here.
void Solver::bound(unsigned steps) {
  Z3_params params = z3_.mk_params(context_);
  z3_.params_inc_ref(context_, params);
  z3_.params_set_uint(context_, params, z3_.mk_string_symbol(context_, "rlimit"), steps);
  z3_.solver_set_params(context_, solver_, params);
  z3_.params_dec_ref(context_, params);
}

// The steps that the context has taken so far.
unsigned Solver::taken() const {
  Z3_stats stats = z3_.solver_get_statistics(context_, solver_);
  z3_.stats_inc_ref(context_, stats);
  unsigned steps = 0;
  for (unsigned i = 0; i < z3_.stats_size(context_, stats); ++i) {
    if (std::string_view(z3_.stats_get_key(context_, stats, i)) == "rlimit count")
      steps = z3_.stats_get_uint_value(context_, stats, i);
  }
  z3_.stats_dec_ref(context_, stats);
  return steps;
}

// One goal: models of the formula are turned into requests. Where the values of a source can not be
// as a model says, Z3 is told so and asked again.
class Solver::Question {
 public:
  Question(Solver& solver, const Goal& goal)
      : solver_(solver),
        z3_(solver.z3_),
        context_(solver.context_),
        goal_(goal),
        formula_(z3_, context_, solver.shape_) {}

  Answer run() {
    z3_.solver_reset(context_, solver_.solver_);
    for (Literal literal : goal_) require(formula_.literal(literal));
    const Limits& limits = solver_.limits_;
    unsigned first = solver_.taken_;
    for (size_t round = 0; round < limits.rounds && guesses_ < limits.guesses; ++round) {
      unsigned spent = solver_.taken_ - first;
      if (spent >= limits.steps || solver_.taken_ >= limits.all_steps) return {};
      solver_.bound(std::min(limits.steps - spent, limits.all_steps - solver_.taken_));
      Z3_lbool answer = z3_.solver_check(context_, solver_.solver_);
      solver_.taken_ = std::max(solver_.taken_, solver_.taken());
      if (z3_.get_error_code(context_) != Z3_OK || answer == Z3_L_UNDEF) return {};
      if (answer == Z3_L_FALSE)
        return {guesses_ == 0 ? Answer::Kind::no : Answer::Kind::unknown, {}};
      if (auto world = look_at_model()) return {Answer::Kind::yes, std::move(*world)};
    }
    return {};
  }

 private:
  void require(Z3_ast formula) {
    z3_.solver_assert(context_, solver_.solver_, formula);
    for (Z3_ast fact : formula_.take_facts()) z3_.solver_assert(context_, solver_.solver_, fact);
  }

  std::optional<World> look_at_model() {
    model_ = z3_.solver_get_model(context_, solver_.solver_);
    if (model_ == nullptr) {
      guesses_ = solver_.limits_.guesses;
      return std::nullopt;
    }
    z3_.model_inc_ref(context_, model_);
    Goal leaves = justify();
    World hint = numbers();
    z3_.model_dec_ref(context_, model_);
    return request(leaves, hint);
  }

  bool is_true(plan::NodeId node) {
    Z3_ast value = nullptr;
    if (!z3_.model_eval(context_, model_, formula_.truth(node), true, &value)) return false;
    return z3_.get_bool_value(context_, value) == Z3_L_TRUE;
  }

  // Leaves that, as the model has them, make the goal hold: of alternatives the first one that
  // does.
  Goal justify() {
    Goal leaves, pending = goal_;
    while (!pending.empty()) {
      Literal literal = pending.back();
      pending.pop_back();
      Shape::Parts parts = solver_.shape_.parts(literal);
      if (parts.kind == Shape::Parts::Kind::leaf) leaves.push_back(literal);
      for (const Goal& part : parts.parts) {
        bool chosen =
            parts.kind == Shape::Parts::Kind::all ||
            std::ranges::all_of(part, [&](Literal l) { return is_true(l.node) == l.wanted; });
        if (!chosen) continue;
        pending.insert(pending.end(), part.begin(), part.end());
        if (parts.kind == Shape::Parts::Kind::any) break;
      }
    }
    return leaves;
  }

  World numbers() {
    World out;
    for (const auto& [source, unknown] : formula_.numbers()) {
      Z3_ast value = nullptr;
      if (!z3_.model_eval(context_, model_, unknown, true, &value)) continue;
      int64_t integer = 0;
      if (solver_.shape_.plan().sources[source].rep == plan::Rep::real) {
        out[source] =
            Constant(std::strtod(z3_.get_numeral_decimal_string(context_, value, 20), nullptr));
      } else if (z3_.get_numeral_int64(context_, value, &integer)) {
        out[source] = Constant(integer);
      }
    }
    return out;
  }

  std::optional<World> request(const Goal& leaves, const World& hint) {
    std::map<GroupId, Goal> by_group;
    for (Literal leaf : leaves) {
      GroupId group = solver_.shape_.group_of_leaf(leaf.node);
      if (group != Shape::many && group != Shape::none) by_group[group].push_back(leaf);
    }
    World world;
    bool whole = true;
    for (const auto& [group, literals] : by_group) {
      Choice choice = solver_.chooser_.choose(group, literals, hint);
      if (choice.kind == Choice::Kind::found)
        world.merge(choice.world);
      else
        whole = false;
      if (choice.kind == Choice::Kind::none) exclude(smallest(group, literals));
      if (choice.kind == Choice::Kind::unknown) guess(literals);
    }
    if (!whole) return std::nullopt;
    // Numbers that only tests of several sources read.
    for (const auto& [source, value] : hint) {
      if (solver_.shape_.group(source) < solver_.shape_.model_group())
        world.try_emplace(source, value);
    }
    auto settled = solver_.worlds_.settled(goal_, leaves, std::move(world));
    if (!settled) guess(leaves);
    return settled;
  }

  // Of literals that can not all be so, some that can not either.
  Goal smallest(GroupId group, Goal literals) {
    for (size_t i = literals.size(); i-- > 0 && literals.size() > 1;) {
      Goal fewer = literals;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
      if (solver_.chooser_.choose(group, fewer).kind == Choice::Kind::none)
        literals = std::move(fewer);
    }
    return literals;
  }

  void exclude(const Goal& literals) {
    std::vector<Z3_ast> clause;
    for (Literal literal : literals)
      clause.push_back(formula_.literal({literal.node, !literal.wanted}));
    require(formula_.any(clause));
  }

  // Goes on without knowing that it can not be: `no` is no answer from here on.
  void guess(const Goal& literals) {
    ++guesses_;
    exclude(literals);
  }

  Solver& solver_;
  const Z3& z3_;
  Z3_context context_;
  const Goal& goal_;
  Formula formula_;
  Z3_model model_ = nullptr;
  size_t guesses_ = 0;
};

Answer Solver::decide(const Goal& goal) { return Question(*this, goal).run(); }

}  // namespace aipol::prove
