// A policy set that decides records one after the other in a world of their own: the clock is the
// records', meters and sessions begin empty. What decides and enforces is the code that serves.
#pragma once

#include <map>
#include <memory>

#include "replay/doubts.h"
#include "replay/record.h"
#include "replay/verdict.h"
#include "runtime/enforce/engine.h"
#include "runtime/enforce/memory_sessions.h"
#include "runtime/meters/memory_store.h"

namespace aipol::replay {

// One of the two sets that are compared. Shared by worlds.
struct PolicySet {
  std::string name;  // as it was named: for people
  std::shared_ptr<const decision::Program> program;
  enforce::Assets assets;
  // How its models count tokens: one for each model, or none.
  offline::Tokenizers tokenizers = {};
  const plan::Plan& plan() const { return program->plan(); }
};

class World {
 public:
  // The set must outlive the world. The error names a zone that does not exist.
  static Result<std::unique_ptr<World>> make(const PolicySet& set);
  World(const World&) = delete;

  // `described` is the record's call, or a copy of it; it is used up. Gives the call as policies
  // saw it; it stays until the next one.
  const context::Call& decide(const Record& record, offline::DescribedCall& described,
                              Verdict& verdict);
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
  const context::Call& decide_in_flight(const Record& record, offline::DescribedCall& described,
                                        Verdict& verdict);
  bool stays_in_flight(const Record& record) const;
  int64_t end_of(const Record& record, bool allowed) const;
  void finish_until(int64_t time, std::vector<uint32_t>& fired);
  void finish_first(std::vector<uint32_t>& fired);
  void tell(const Record& record, const offline::Course& course, const decision::Decision& decision,
            const offline::DescribedCall& described, Verdict& verdict);
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
  bool counts_in_flight_ = false;                                // limits go by how many are served
  bool counts_ = false;                                          // there are meters
  std::multimap<int64_t, std::unique_ptr<InFlight>> in_flight_;  // by when they end
};

}  // namespace aipol::replay
