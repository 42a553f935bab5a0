// Whether what is known of a record is enough for what was decided about it: no value of what it
// does not tell would change who answers, and how.
//
// The decision was made with defaults in the place of what is not known. Statements whose guards
// read none of that did what they would have done; the others are looked at again, three-valued,
// phase by phase, as far as the decision got.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "replay/knowledge.h"
#include "replay/three_valued.h"
#include "runtime/decision/evaluation.h"

namespace aipol::replay {

// Of one policy set; used by one thread at a time.
class Doubts {
 public:
  // The program must outlive it.
  explicit Doubts(const decision::Program& program);

  // The names of the fields that the decision turns on and the record does not tell; none: it is
  // determined. `evaluation` led to `decision`, null where policies did not see the call;
  // `response` is the upstream's.
  const std::set<std::string>& about(const Known& known, const decision::Evaluation* evaluation,
                                     const context::Response& response,
                                     const decision::Decision& decision);
  // What is known where nobody can tell what would be answered: the status is taken to be 200.
  static Known without_answer(Known known);
  // Of the last: whether the model that was chosen turns on something unknown.
  bool target_unknown() const { return target_unknown_; }

 private:
  using Missing = std::set<plan::SourceId>;
  // Enforced statements of which a guard, or what else they refuse or count by, reads something
  // unknown: by phase.
  using Affected = std::vector<std::vector<uint32_t>>;
  struct Looked {  // at one call
    const Known& known;
    const decision::Evaluation& evaluation;
    const decision::Decision& decision;
    const Affected& affected;
    bool refused_in(plan::Phase phase) const {
      return !decision.allowed && decision.phase == phase;
    }
  };
  struct Refusals {
    std::vector<uint32_t> surely, perhaps;
  };

  const Affected& affected();
  bool is_affected(uint32_t statement);
  void look_at_facts(const Looked& at, plan::Phase phase);
  void doubt(const Missing& missing);

  // Whether the call surely goes on behind the phase; where it may not, there is a doubt or the
  // decision stands.
  bool passes(const Looked& at, plan::Phase phase);
  Refusals refusals(const Looked& at, plan::Phase phase);
  bool is_admitted(const Looked& at);
  void look_at_routes(const Looked& at, Missing& missing);
  bool model_is_told(const Looked& at);
  bool passes_targets(const Looked& at);
  bool passes_limits(const Looked& at);
  void doubt_limit(const Looked& at, const decision::LimitOf& limit);

  const decision::Program& program_;
  const plan::Plan& plan_;
  Knowledge knowledge_;
  ThreeValued three_valued_;
  std::map<std::vector<plan::SourceId>, Affected> by_unknown_;

  std::vector<plan::SourceId> unknown_;
  context::Call call_;  // as policies saw it
  plan::Facts facts_;
  AipolScratch scratch_;
  std::set<std::string> fields_;
  bool target_unknown_ = false;
};

}  // namespace aipol::replay
