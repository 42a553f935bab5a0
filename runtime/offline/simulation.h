// Described calls, one after the other, in a world of their own: a virtual clock, meters, sessions
// and targets that begin empty, and an upstream that answers as each call says. What decides and
// enforces is the code that serves.
#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "runtime/decision/decision.h"
#include "runtime/enforce/engine.h"
#include "runtime/enforce/memory_sessions.h"
#include "runtime/meters/memory_store.h"
#include "runtime/offline/course.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

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
  const context::Response& answer() const;

 private:
  explicit Simulation(int64_t time) : clock_(time) {}

  VirtualClock clock_;
  meters::MemoryStore store_;
  enforce::MemorySessions sessions_;
  enforce::Alerts alerts_;
  enforce::MemoryAnswers answers_;
  std::unique_ptr<enforce::Engine> engine_;
  std::optional<Course> course_;  // of the call that was decided last
};

}  // namespace aipol::offline
