// A policy set that decides records one after the other in a world of their own: the clock is the
// records', meters and sessions begin empty. What decides and enforces is the code that serves.
#pragma once

#include <map>
#include <memory>

#include "replay/doubts.h"
#include "replay/policy_set.h"
#include "replay/record.h"
#include "replay/verdict.h"
#include "runtime/enforce/engine.h"
#include "runtime/enforce/memory_sessions.h"
#include "runtime/meters/memory_store.h"
#include "runtime/offline/course.h"

namespace aipol::replay {

class World {
 public:
  // The set must outlive the world. The error names a zone that does not exist.
  static Result<std::unique_ptr<World>> make(const PolicySet& set);
  World(const World&) = delete;

  // `described` is the record's call, or a copy of it; it is used up. Gives the call as policies
  // saw it; it stays until the next one.
  const context::Call& decide(const Record& record, offline::DescribedCall& described,
                              Verdict& verdict);
  // Whether deciding leaves the call as it is for another set: what these policies would add to it
  // stands in it already.
  bool leaves(const offline::DescribedCall& described) const;
  // Ends the requests that are in flight: what fires then is in `fired`.
  void finish(std::vector<uint32_t>& fired);

 private:
  // Turns of sessions are the records'; tags are what the policies of this world give.
  class Sessions final : public enforce::Sessions {
   public:
    bool recall(context::Session& session, int64_t now) override;
    void remember(const std::string& id, const std::set<std::string>& tags, int64_t now) override;

   private:
    enforce::MemorySessions tagged_;
  };

  // Endpoints of targets that came lately and are what they say.
  class Targets {
   public:
    explicit Targets(const decision::Program& program) : program_(program), known_(most) {}
    // Puts path and endpoint where the target is known.
    void complete(offline::DescribedCall& described);

   private:
    static constexpr size_t most = 64;
    struct Place {
      std::string target, path;
      const plan::Endpoint* endpoint = nullptr;
    };
    const decision::Program& program_;
    std::vector<Place> known_;  // by hash
  };

  // A request that has been decided and is not settled yet, where meters could tell.
  struct InFlight {
    explicit InFlight(enforce::Engine& engine, offline::DescribedCall& call)
        : described(std::move(call)), course(engine, described) {}
    int64_t end = 0;
    offline::DescribedCall described;
    offline::Course course;
  };
  static constexpr size_t most_in_flight = 100'000;

  explicit World(const PolicySet& set);
  bool is_alone(const offline::DescribedCall& described) const;
  void decide_alone(const Record& record, offline::DescribedCall& described, Verdict& verdict);
  const context::Call& decide_in_flight(const Record& record, offline::DescribedCall& described,
                                        Verdict& verdict);
  bool stays_in_flight(const Record& record) const;
  int64_t end_of(const Record& record, bool allowed) const;
  void finish_until(int64_t time, std::vector<uint32_t>& fired);
  void finish_first(std::vector<uint32_t>& fired);
  void tell(const Record& record, const offline::Course& course, const decision::Decision& decision,
            const offline::DescribedCall& described, Verdict& verdict);
  void tell_target(const plan::Model& model, const context::Usage& usage, Verdict& verdict) const;
  void find_tripped(const offline::Course& course, const decision::Decision& decision,
                    Verdict& verdict) const;
  void find_redacted(const Record& record, const offline::Course& course,
                     const decision::Decision& decision, Verdict& verdict) const;

  const PolicySet& set_;
  VirtualClock clock_;
  meters::MemoryStore store_;
  Sessions sessions_;
  enforce::Alerts alerts_;
  enforce::MemoryAnswers answers_;
  std::unique_ptr<enforce::Engine> engine_;
  Doubts doubts_;
  Targets targets_;
  const bool decides_alone_;     // what is evaluated is all that there is: nothing is remembered
  const bool counts_in_flight_;  // limits go by how many are served
  const bool counts_;            // there are meters
  std::multimap<int64_t, std::unique_ptr<InFlight>> in_flight_;  // by when they end
};

}  // namespace aipol::replay
