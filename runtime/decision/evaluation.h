// Decides one call, phase by phase, by a loaded program: which statements fire, who refuses, and
// what effects are to be done with. The one way that serve, eval and test decide.
//
// A phase is evaluated when its data is in the call; what it finds is kept here, for the call's
// texts may change afterwards. What admits (meters, routes) is decided by runtime/enforce, which
// asks this.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/context/call.h"
#include "runtime/context/surroundings.h"
#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"

namespace aipol::decision {

// Where meters are read for a call's keys.
class MeterReader {
 public:
  virtual ~MeterReader() = default;
  virtual context::MeterReading read(uint32_t meter, std::string_view key) = 0;
};

// Who looks at calls for the effects whose guard alone does not say whether they refuse
// (plan::inspects).
class Inspector {
 public:
  virtual ~Inspector() = default;
  // Of a statement that fired, shadow ones too: why it refuses; nothing where it does not.
  virtual std::optional<std::string> objection(uint32_t statement) = 0;
};

class Evaluation {
 public:
  // All must outlive the evaluation; `meters` may be null where nothing is counted, `inspector`
  // where nothing is inspected. One evaluation is used by one thread at a time.
  Evaluation(const Program& program, const context::Call& call, context::Surroundings around = {},
             MeterReader* meters = nullptr, Inspector* inspector = nullptr);

  // Decides what depends on the request's head alone (call.request but body_text, call.principal,
  // call.session). A decision where the call is refused here, nothing where it goes on.
  std::optional<Decision> head();

  // Decides what depends on the body (call.ai, call.model_name, request.body_text), then whether
  // anything allowed it. Call after head() returned nothing.
  Decision body();

  // What the policies say of one model that could answer; call after body() allowed.
  struct Opinion {
    bool wanted = true;                // the `where` of the route that fired
    std::optional<uint32_t> refusing;  // the `require` of smallest rank that does not hold for it
    std::string message;               // of that one
    std::vector<uint32_t> fired = {};  // statements, shadow ones too
  };
  Opinion candidate(const context::Candidate& candidate);

  // Decides about the answer (call.response); a decision where it is refused. `cutting` are the
  // statements, where there are any, that refuse by what a stream held so far; they alone do.
  std::optional<Decision> output(std::span<const uint32_t> cutting = {});
  // Once all is known (call.usage).
  void end();

  // The route that is followed: of those that fired the one of the smallest rank.
  std::optional<uint32_t> route() const { return route_; }
  // Those that `candidate` was asked about.
  const std::vector<context::Candidate>& candidates() const { return candidates_; }
  // Every statement that fired so far, ascending.
  const std::vector<uint32_t>& fired() const { return fired_; }
  // Of an argument of a statement that fired: its value, or null where it is not known yet.
  const plan::Constant* value(plan::NodeId node) const;
  std::vector<std::pair<plan::NodeId, plan::Constant>> take_values() { return std::move(values_); }

  // Of a meter: its key for this call, null where it is not known yet; whether its `where` holds,
  // nothing where that is not known yet.
  const std::string* key(uint32_t meter) const;
  std::optional<bool> counts(uint32_t meter) const;
  // What a meter of the measure `sum` sums, for the usage that stands in the call now.
  int64_t summed(uint32_t meter);

  const Program& program() const { return program_; }
  const context::Call& call() const { return call_; }
  context::Surroundings& around() { return around_; }
  const context::Surroundings& around() const { return around_; }

 private:
  struct Frame;  // a stage's facts and columns
  struct Refusal {
    uint32_t statement;
    std::optional<std::string> objection;  // of one that inspects
    std::vector<uint32_t> all;
    std::string message = {};
  };
  // Runs the statements of a phase; the refusal that answers, or nothing.
  std::optional<Refusal> run(plan::Phase phase, std::span<const uint32_t> more = {});
  void fill(Frame& frame);
  void find_keys(const Frame& frame);
  void add_key(uint32_t meter, const Frame* frame);
  void read_meters(const Frame& frame);
  void find_counts(const Frame& frame);
  void keep_values(const Frame& frame);
  // In the frame's memory, until the next stage.
  std::span<const uint32_t> fire(const Frame& frame);
  std::optional<Refusal> answering(const Frame& frame, std::span<const uint32_t> fired) const;
  std::string message(const Frame& frame, const plan::Statement& statement) const;
  void choose_route();
  Decision refused_by(const Refusal& refusal, plan::Phase phase) const;

  const Program& program_;
  const context::Call& call_;
  context::Surroundings around_;
  MeterReader* meters_;
  Inspector* inspector_;
  std::vector<uint32_t> fired_;
  std::vector<std::pair<plan::NodeId, plan::Constant>> values_;
  std::optional<uint32_t> route_;
  std::vector<context::Candidate> candidates_;
  // By meter; empty where the plan has none.
  std::vector<std::optional<std::string>> keys_;
  std::vector<std::optional<bool>> counts_;
  std::vector<context::MeterReading> readings_;
};

}  // namespace aipol::decision
