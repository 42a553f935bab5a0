// The passage of one call: what policies decide about it and what their effects do, step by step.
// Whoever serves the call reads it, tries its targets and writes its answer between the steps:
//
//   head      request.*, principal.*, session.*   -> perhaps a refusal
//   body      ai.*, model                         -> perhaps a refusal
//   admit     routing, limits                     -> perhaps a refusal; else `attempts`
//   forwarded                                     -> the call as the upstream is to get it
//   output    response.*                          -> perhaps a refusal; else the answer as the
//                                                    client is to get it stands in the call
//   finish    usage.*                             -> `record` and `alerts`
//
// A call that was refused goes to `finish` at once. A passage that ends without `finish` gives back
// what it had reserved.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/enforce/engine.h"
#include "runtime/enforce/placeholders.h"
#include "runtime/enforce/record.h"

namespace aipol::enforce {

class Passage final : public decision::MeterReader {
 public:
  // Both must outlive the passage.
  Passage(Engine& engine, context::Call& call);
  Passage(const Passage&) = delete;

  std::optional<decision::Decision> head();
  std::optional<decision::Decision> body();
  // Chooses the targets, then reserves by the estimate; `usage.cost` of it is computed here.
  std::optional<decision::Decision> admit(const context::Usage& estimate);

  // Models to try, in order; empty where the call needs none.
  const std::vector<uint32_t>& attempts() const { return attempts_.targets; }
  std::optional<uint32_t> mirror() const { return attempts_.mirror; }
  // Whether another target is tried after this answer; nothing: there was none.
  bool tries_again(std::optional<int64_t> status) const { return retried_.holds(status); }
  // How long one attempt may take, nanoseconds.
  std::optional<int64_t> attempt_timeout() const { return attempt_timeout_; }

  // For the target that is tried.
  context::Call forwarded(uint32_t target);

  // call.response is the upstream's. Rewrites it, or gives a refusal.
  std::optional<decision::Decision> output();

  // `failed`: no answer came, or the upstream failed: what was reserved is given back but for the
  // request itself. call.usage is what the upstream reported; its cost is computed here unless it
  // is given.
  void finish(const decision::Decision& outcome, std::optional<uint32_t> target, bool failed);

  // The decision that allowed the call; after `body` returned nothing.
  const decision::Decision& allowed() const { return allowed_; }
  const decision::Evaluation& evaluation() const { return evaluation_; }
  decision::Evaluation& evaluation() { return evaluation_; }
  // After `finish`.
  const Record& record() const { return record_; }
  const std::vector<Alert>& alerts() const { return due_; }
  // Policies whose shadow statements would have had an effect.
  std::set<std::string> shadow() const;
  // Of limits on shadow meters: statements that would have refused.
  const std::set<uint32_t>& shadow_refusals() const { return shadow_refusals_; }
  // Limits that refused, where one did.
  const std::vector<uint32_t>& refusing_limits() const { return refusing_limits_; }

  context::MeterReading read(uint32_t meter, std::string_view key) override {
    return engine_.read(meter, key);
  }

 private:
  struct Counted {
    uint32_t meter = 0;
    bool reserved = false;  // false: by a limit that asks only whether there is room
  };

  // routing.cpp
  std::optional<decision::Decision> choose_targets(const context::Usage& estimate);
  std::vector<route::Candidate> candidates(const context::Usage& estimate);
  route::Options route_options() const;
  bool removed(uint32_t target);
  decision::Decision without_target(route::Emptied why, uint32_t statement) const;

  // limits.cpp
  std::optional<decision::Decision> reserve(context::Usage estimate);
  bool counted(uint32_t meter) const;
  meters::Amount amount(uint32_t meter, const context::Usage& usage, bool answered);
  void add_charges();
  void add_asks();
  decision::Decision over_limit(const meters::Verdict& verdict) const;
  void settle(bool failed);
  void count_late(const decision::Decision& outcome, bool failed);
  bool counts_denial(uint32_t meter, const decision::Decision& outcome) const;

  // duties.cpp
  void keep_record(const decision::Decision& outcome, std::optional<uint32_t> target);
  void send_alerts();
  std::string subject(const plan::Statement& statement, const std::string& text) const;
  void remember_session();

  Engine& engine_;
  context::Call& call_;
  decision::Evaluation evaluation_;
  decision::Decision allowed_;
  std::string target_message_;  // of the `require` that left no target
  route::Attempts attempts_;
  route::Retried retried_;
  std::optional<int64_t> attempt_timeout_;
  std::vector<Counted> counted_;
  std::vector<std::string> charge_keys_;
  std::vector<meters::Charge> charges_;
  std::vector<meters::Ask> asks_;
  meters::Reservation reservation_;
  std::vector<uint32_t> refusing_limits_;
  std::set<uint32_t> shadow_refusals_;
  std::set<uint32_t> shadow_fired_;  // of candidates
  Placeholders placeholders_;
  Record record_;
  std::vector<Alert> due_;
};

}  // namespace aipol::enforce
