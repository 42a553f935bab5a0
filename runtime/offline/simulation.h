// Described calls, one after the other, in a world of their own: a virtual clock, meters, sessions
// and targets that begin empty, and an upstream that answers as each call says. What decides and
// enforces is the code that serves.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/decision/decision.h"
#include "runtime/enforce/engine.h"
#include "runtime/enforce/memory_sessions.h"
#include "runtime/enforce/passage.h"
#include "runtime/meters/memory_store.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

// What became of one call.
struct Outcome {
  decision::Decision decision;
  std::optional<context::Call> forwarded;  // as the upstream got it; nothing where none did
  std::string target;                      // the model that answered; empty where none did
  bool cached = false;                     // an answer that was kept was given
  std::string mirror;                      // the model that got a copy; empty where none did
  std::set<std::string> shadow;  // policies whose shadow statements would have done something
  enforce::Record record;
  std::vector<enforce::Alert> alerts;
};

class Simulation {
 public:
  // The error names a document that cannot be read, a pattern or a zone.
  static Result<std::unique_ptr<Simulation>> make(std::shared_ptr<const decision::Program> program,
                                                  enforce::Assets assets, int64_t time);
  Simulation(const Simulation&) = delete;

  // Completes the call and takes it through all that serving does. Afterwards `described.call` is
  // what policies saw, its response what the client got.
  Outcome decide(DescribedCall& described);

  int64_t now() const { return clock_.now(); }
  void set_time(int64_t time) { clock_.set(time); }
  void give(uint32_t model, const route::TargetStates::Given& state);
  void give(uint32_t document, data::Data data) { engine_->replace(document, std::move(data)); }

  enforce::Engine& engine() { return *engine_; }
  // Of the call that was decided last; null where policies did not see it.
  const decision::Evaluation* evaluation() const;
  // The upstream's answer to it, as policies saw it before they rewrote it.
  const context::Response& answer() const { return answer_; }

 private:
  explicit Simulation(int64_t time) : clock_(time) {}
  std::optional<decision::Decision> judge(DescribedCall& described, Outcome& outcome);
  std::optional<uint32_t> forward(DescribedCall& described, Outcome& outcome);
  std::optional<decision::Decision> answer_to(DescribedCall& described);
  std::optional<decision::Decision> stream(DescribedCall& described);

  VirtualClock clock_;
  meters::MemoryStore store_;
  enforce::MemorySessions sessions_;
  enforce::Alerts alerts_;
  enforce::MemoryAnswers answers_;
  std::unique_ptr<enforce::Engine> engine_;
  std::unique_ptr<enforce::Passage> passage_;  // of the call that was decided last
  context::Response answer_;                   // to that call
};

}  // namespace aipol::offline
