// The passage of one call: what policies decide about it and what their effects do, step by step.
// Whoever serves the call reads it, tries its targets and writes its answer between the steps:
//
//   head      request.*, principal.*, session.*   -> perhaps a refusal
//   body      ai.*, model                         -> perhaps a refusal
//   choose    routing                             -> perhaps a refusal; else `attempts`
//   recall    the cache                           -> perhaps an answer
//   admit     limits                              -> perhaps a refusal
//   forwarded                                     -> the call as the upstream is to get it
//   keep_answer                                      once the upstream has given all of it
//   output    response.*                          -> perhaps a refusal; else the answer as the
//                                                    client is to get it stands in the call; a
//                                                    stream goes through OutputStream instead
//   finish    usage.*                             -> `record` and `alerts`
//
// Where policies read what a store keeps that can not be reached, and that refuses, the step
// refuses. Any of the steps may wait for the network where meters::Store::waits.
//
// A call that was refused goes to `finish` at once. A passage that ends without `finish` gives back
// what it had reserved.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "runtime/enforce/engine.h"
#include "runtime/enforce/placeholders.h"
#include "runtime/enforce/record.h"
#include "runtime/enforce/rewriting.h"

namespace aipol::enforce {

class Passage final : public decision::MeterReader, public decision::Inspector {
 public:
  // Both must outlive the passage.
  Passage(Engine& engine, context::Call& call);
  Passage(const Passage&) = delete;

  std::optional<decision::Decision> head();
  std::optional<decision::Decision> body();
  // Chooses the targets, by what the call is expected to cost.
  std::optional<decision::Decision> choose(const context::Usage& estimate);
  // Whether an answer that was kept serves the call: it stands in the call then, and nothing is
  // forwarded. Calls of one `cache_key` that come together may wait for the first of them before
  // they ask again.
  // `kept_body` tells bodies apart that are no text; else empty.
  bool recall(std::string_view kept_body = {});
  // Of the call that was not found, where its answer may be kept; else empty.
  const std::string& cache_key() const { return cache_key_; }
  // Reserves by the estimate; `usage.cost` of it is computed here.
  std::optional<decision::Decision> admit(const context::Usage& estimate);

  // Models to try, in order; empty where the call needs none.
  const std::vector<uint32_t>& attempts() const { return attempts_.targets; }
  std::optional<uint32_t> mirror() const { return attempts_.mirror; }
  // Whether another target is tried after this answer; nothing: there was none.
  bool tries_again(std::optional<int64_t> status) const { return retried_.holds(status); }
  // How long one attempt may take, nanoseconds.
  std::optional<int64_t> attempt_timeout() const { return attempt_timeout_; }

  // For the target that is tried. `edits`, where given, gets what policies change of the body but
  // for the redaction of its texts.
  context::Call forwarded(uint32_t target, context::BodyEdits* edits = nullptr);
  // Whether that is another than the call but for the model's name.
  bool rewrites_request() const { return enforce::rewrites_request(evaluation_); }
  // Whether policies read the answer's contents or may change it: else it can be passed on as it
  // comes, without `output`.
  bool watches_answer() const;

  // Keeps the upstream's whole answer where policies let it be kept.
  void keep_answer(const context::Response& answer);
  // call.response is the upstream's. Rewrites it, or gives a refusal; `cutting` are statements that
  // refuse by what the text held so far.
  std::optional<decision::Decision> output(std::span<const uint32_t> cutting = {});
  // While an answer is given: whether limits with `cut` let it use so much; a refusal where it has
  // to end.
  std::optional<decision::Decision> extend(const context::Usage& so_far);

  // `failed`: no answer came, or the upstream failed: what was reserved is given back but for the
  // request itself. call.usage is what the upstream reported; its cost is computed here unless it
  // is given.
  void finish(const decision::Decision& outcome, std::optional<uint32_t> target, bool failed);
  // The same where nobody is told of it: no record is made, and no alert.
  void conclude(const decision::Decision& outcome, std::optional<uint32_t> target, bool failed);

  // For OutputStream.
  Engine& engine() { return engine_; }
  context::Call& call() { return call_; }
  Placeholders& placeholders() { return placeholders_; }
  Redaction redaction(Surface surface) const;

  // The decision that allowed the call; after `body` returned nothing.
  const decision::Decision& allowed() const { return allowed_; }
  const decision::Evaluation& evaluation() const { return evaluation_; }
  decision::Evaluation& evaluation() { return evaluation_; }
  // After `finish`.
  // What the call added to meters in the end.
  struct Touched {
    uint32_t meter = 0;
    std::string key;
    int64_t amount = 0;
  };
  const std::vector<Touched>& touched() const { return touched_; }
  // When meters were asked whether the call is admitted, and when it was settled: in the order in
  // which they did it. 0: they were not, or did it later.
  int64_t asked_at() const { return asked_at_; }
  int64_t settled_at() const { return settled_at_; }
  const Record& record() const { return record_; }
  const std::vector<Alert>& alerts() const { return due_; }
  // Policies whose shadow statements would have had an effect.
  std::set<std::string> shadow() const;
  // What limits have left for the caller, once they were asked: one entry for each limit that
  // counts for it. Shadow ones and those on amounts that are no counts (usd, sums) are left out.
  struct Quota {
    uint32_t meter = 0;
    int64_t limit = 0;
    meters::Room room;
  };
  const std::vector<Quota>& quotas() const { return quotas_; }
  // Of limits on shadow meters: statements that would have refused.
  const std::set<uint32_t>& shadow_refusals() const { return shadow_refusals_; }

  // As it was before this request was charged.
  context::MeterReading read(uint32_t meter, std::string_view key) override;  // limits.cpp
  std::optional<std::string> objection(uint32_t statement) override;          // validation.cpp

 private:
  struct Counted {
    uint32_t meter = 0;
    bool reserved = false;  // false: by a limit that asks only whether there is room
  };

  context::Call rewritten(context::BodyEdits& edits);

  // caching.cpp
  std::optional<int64_t> kept_for() const;
  void add_cache_keys(std::string& key) const;
  std::string make_cache_key(std::string_view kept_body);

  // routing.cpp
  std::vector<route::Candidate> candidates(const context::Usage& estimate);
  route::Options route_options() const;
  bool removed(uint32_t target);
  decision::Decision without_target(route::Emptied why, uint32_t statement) const;

  // limits.cpp
  std::optional<decision::Decision> reserve(context::Usage estimate);
  bool counted(uint32_t meter) const;
  bool costs_nothing(uint32_t meter) const;
  meters::Amount estimated(uint32_t meter, context::Usage usage);
  meters::Amount amount(uint32_t meter, const context::Usage& usage, bool answered);
  void remember_readings();
  void add_charges();
  void add_asks();
  void leave_output_open(const context::Usage& estimate);
  decision::Decision over_limit(const meters::Verdict& verdict,
                                const std::vector<meters::Ask>& asks) const;
  decision::Decision unreachable(plan::Phase phase) const;
  void keep_quotas(const meters::Verdict& verdict);
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
  std::vector<std::pair<uint32_t, context::MeterReading>> before_;  // by meter
  std::string cache_key_;
  bool recalled_ = false;
  bool away_ = false;  // policies asked for what the store could not say, so none may let it pass
  meters::Reservation reservation_;
  int64_t asked_at_ = 0, settled_at_ = 0;
  std::vector<Quota> quotas_;
  std::set<uint32_t> shadow_refusals_;
  std::set<uint32_t> shadow_fired_;  // of candidates
  std::set<uint32_t> objected_;      // statements that inspect, shadow ones too
  Placeholders placeholders_;
  Record record_;
  std::vector<Touched> touched_;
  std::vector<Alert> due_;
};

}  // namespace aipol::enforce
