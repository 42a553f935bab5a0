#include "compiler/prove/dead.h"

namespace aipol::prove {

using plan::Statement;

namespace {

constexpr size_t most_conditions = 24;  // of a guard whose smallest culprit is looked for

class Dead {
 public:
  Dead(Prover& prover, Findings& out) : prover_(prover), plan_(prover.shape().plan()), out_(out) {}

  Living run() {
    Living living;
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const Statement& statement = plan_.statements[number];
      const Answer& answer = decide(statement.guard);
      living.push_back(answer.kind == Answer::Kind::yes ? std::optional(answer.world)
                                                        : std::nullopt);
    }
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) {
      const Statement& statement = plan_.statements[number];
      if (decide(statement.guard).kind == Answer::Kind::no && !lives_elsewhere(number)) {
        report(number, statement);
      }
    }
    return living;
  }

 private:
  const Answer& decide(plan::NodeId guard) {
    auto [it, fresh] = known_.try_emplace(guard);
    if (fresh) it->second = prover_.decide({{guard, true}});
    return it->second;
  }

  // A statement that is enforced for some principals only stands twice in the plan, one after the
  // other in its policy: one of them may well be empty.
  bool lives_elsewhere(uint32_t number) {
    const plan::Place& here = plan_.statements[number].place;
    for (uint32_t other = 0; other < plan_.statements.size(); ++other) {
      const Statement& statement = plan_.statements[other];
      const plan::Place& there = statement.place;
      bool twin = other != number && statement.policy == plan_.statements[number].policy &&
                  there.line == here.line && there.column == here.column;
      if (twin && decide(statement.guard).kind != Answer::Kind::no) return true;
    }
    return false;
  }

  bool impossible(const Statement& statement, const std::vector<uint32_t>& conditions) {
    Goal goal;
    for (uint32_t i : conditions)
      goal.push_back({statement.conditions[i].node, statement.conditions[i].wanted});
    return prover_.decide(goal).kind == Answer::Kind::no;
  }

  void report(uint32_t number, const Statement& statement) {
    NeverFires found{number, {}, false};
    for (uint32_t i = 0; i < statement.conditions.size() && !found.scope; ++i) {
      bool scope = plan_.code[statement.conditions[i].node].op == plan::Op::on_path;
      if (scope && impossible(statement, {i})) found = {number, {i}, true};
    }
    // What a `require` requires is no part of where it asks for it.
    std::vector<uint32_t> asked;
    for (uint32_t i = 0; i < statement.conditions.size(); ++i) {
      bool required = statement.effect == plan::Effect::require && !statement.conditions[i].wanted;
      if (!required) asked.push_back(i);
    }
    bool needless = statement.effect == plan::Effect::require &&
                    asked.size() < statement.conditions.size() && !impossible(statement, asked);
    if (needless) return out_.needless.push_back({number});
    if (!found.scope) found.culprits = smallest(statement, std::move(asked));
    out_.never.push_back(std::move(found));
  }

  std::vector<uint32_t> smallest(const Statement& statement, std::vector<uint32_t> culprits) {
    if (culprits.size() > most_conditions) return culprits;
    for (size_t i = culprits.size(); i-- > 0 && culprits.size() > 1;) {
      std::vector<uint32_t> fewer = culprits;
      fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(i));
      if (impossible(statement, fewer)) culprits = std::move(fewer);
    }
    return culprits;
  }

  Prover& prover_;
  const plan::Plan& plan_;
  Findings& out_;
  std::map<plan::NodeId, Answer> known_;
};

}  // namespace

Living find_dead(Prover& prover, Findings& out) { return Dead(prover, out).run(); }

}  // namespace aipol::prove
