#include "replay/world.h"

#include <algorithm>

#include "base/text_hash.h"
#include "replay/demand.h"
#include "runtime/audit/meter_key.h"
#include "runtime/context/path.h"
#include "runtime/offline/complete_call.h"
#include "runtime/offline/tries.h"

namespace aipol::replay {

using decision::Decision;

namespace {

// When it is decided: with nothing between its record's and the meters'.
int64_t time_of(const Record& record) {
  return record.recorded.decided != 0 ? record.recorded.decided : record.call.call.request.time_ns;
}

constexpr FieldSet of_usage = FieldSet::range(Field::usage_input_tokens, Field::usage_cached);
constexpr FieldSet of_answer = FieldSet::range(Field::response_status, Field::response_latency);

// A request that was refused then has no answer to tell what it would have used.
bool estimate_usage(const Record& record, offline::DescribedCall& described) {
  if (record.given.has_any(of_usage) || record.given.has_any(of_answer)) return false;
  described.call.usage = offline::guessed_usage(described);
  described.has_usage = true;
  return true;
}

}  // namespace

bool World::Sessions::recall(context::Session& session, int64_t now) {
  int64_t turns = session.turns;
  bool known = tagged_.recall(session, now);
  session.turns = turns;
  return known;
}

void World::Sessions::remember(const std::string& id, const std::set<std::string>& tags,
                               int64_t now) {
  if (!tags.empty()) tagged_.remember(id, tags, now);
}

Result<std::unique_ptr<World>> World::make(const PolicySet& set) {
  std::unique_ptr<World> made(new World(set));
  enforce::World around{made->clock_, made->store_, made->sessions_, made->alerts_, made->answers_};
  auto engine = enforce::Engine::make(set.program, set.assets, around);
  if (!engine) return std::unexpected(engine.error());
  made->engine_ = std::move(*engine);
  return made;
}

void World::find_tripped(const offline::Course& course, const Decision& decision,
                         Verdict& verdict) const {
  const plan::Plan& plan = set_.plan();
  for (const decision::LimitOf& limit : set_.program->metering().limits) {
    if (std::ranges::find(decision.refusing, limit.statement) == decision.refusing.end()) continue;
    Tripped tripped{limit.statement, {}};
    const std::string* key = course.evaluation()->key(limit.meter);
    if (key != nullptr) audit::append_meter_key(tripped.key, plan, plan.meters[limit.meter], *key);
    verdict.tripped.push_back(std::move(tripped));
  }
}

void World::find_redacted(const Record& record, const offline::Course& course,
                          const Decision& decision, Verdict& verdict) const {
  const plan::Plan& plan = set_.plan();
  bool redacts = std::ranges::any_of(decision.fired, [&](uint32_t number) {
    const plan::Statement& statement = plan.statements[number];
    return statement.effect == plan::Effect::redact && !statement.shadow;
  });
  if (!redacts || !decision.allowed) return;
  auto look = [&](enforce::Surface surface, std::string_view text) {
    enforce::Redaction redaction = course.passage()->redaction(surface);
    for (const enforce::Redaction::Find& find : redaction.finds(text))
      verdict.redacted.insert({find.rule->policy, plan.detectors[find.detector].name,
                               surface == enforce::Surface::response});
  };
  if (record.known.fields.has(Field::ai_messages)) {
    for (const context::Message& message : course.evaluation()->call().ai.messages)
      look(enforce::Surface::request, message.text);
  }
  if (record.known.fields.has(Field::response_text) && !course.answer_unknown())
    look(enforce::Surface::response, course.response().text);
}

World::World(const PolicySet& set)
    : set_(set),
      doubts_(*set.program),
      targets_(*set.program),
      decides_alone_(only_evaluates(set.plan())),
      counts_in_flight_(std::ranges::any_of(
          set.plan().meters,
          [](const plan::Meter& meter) { return meter.measure == plan::Measure::concurrent; })),
      counts_(!set.plan().meters.empty()) {}

void World::tell_target(const plan::Model& model, const context::Usage& usage,
                        Verdict& verdict) const {
  verdict.target = static_cast<uint32_t>(&model - set_.plan().deployment.models.data());
  verdict.cost = engine_->cost(verdict.target, usage);
}

void World::tell(const Record& record, const offline::Course& course, const Decision& decision,
                 const offline::DescribedCall& described, Verdict& verdict) {
  verdict.allowed = decision.allowed;
  verdict.status = decision.allowed ? 0 : decision.status;
  if (!decision.allowed) verdict.statement = decision.statement.value_or(nobody);
  Known known = course.answer_unknown() ? Doubts::without_answer(record.known) : record.known;
  verdict.missing = doubts_.about(known, course.evaluation(), course.response(), decision);
  if (decision.allowed && !course.target().empty()) {
    tell_target(*set_.program->model(course.target()), described.call.usage, verdict);
  }
  verdict.target_known = decision.allowed && !doubts_.target_unknown();
  verdict.estimated = course.answer_assumed();
  if (!decision.allowed) find_tripped(course, decision, verdict);
  find_redacted(record, course, decision, verdict);
}

void World::finish_first(std::vector<uint32_t>& fired) {
  auto first = in_flight_.begin();
  clock_.set(std::max(clock_.now(), first->first));
  size_t before = first->second->course.evaluation()->fired().size();
  std::vector<uint32_t> all = first->second->course.conclude();
  // Those of phase end, which is evaluated now.
  for (uint32_t number : all) {
    bool late = set_.plan().statements[number].phase == plan::Phase::end;
    if (late && all.size() > before) fired.push_back(number);
  }
  in_flight_.erase(first);
}

void World::finish_until(int64_t time, std::vector<uint32_t>& fired) {
  while (!in_flight_.empty() &&
         (in_flight_.begin()->first <= time || in_flight_.size() > most_in_flight))
    finish_first(fired);
}

void World::finish(std::vector<uint32_t>& fired) {
  while (!in_flight_.empty()) finish_first(fired);
}

// Where its record tells when it was settled, what it reserves counts until then.
bool World::stays_in_flight(const Record& record) const {
  return counts_in_flight_ || (counts_ && record.recorded.settled != 0);
}

void World::Targets::complete(offline::DescribedCall& described) {
  const std::string& target = described.target;
  if (target.contains('?')) return;
  Place& known = known_[text_hash(target) % most];
  if (!same_text(known.target, target)) {
    auto read = context::read_target(target);
    if (!read) return;
    known = {target, std::move(read->path), nullptr};
    known.endpoint = program_.endpoint(known.path);
  }
  if (known.endpoint == nullptr) return;
  described.call.request.path = known.path;
  described.endpoint = known.endpoint;
}

// Nothing happened to it but its evaluation, whose model was asked.
bool World::is_alone(const offline::DescribedCall& described) const {
  const offline::Served& served = described.served;
  bool as_asked =
      served.attempts.empty() ||
      (served.attempts.size() == 1 && served.attempts[0].target == described.call.model_name);
  return decides_alone_ && served.unheard == 0 && !served.refused_answer && as_asked;
}

bool World::leaves(const offline::DescribedCall& described) const {
  const context::Call& call = described.call;
  return is_alone(described) && !described.has_body && call.request.headers.empty() &&
         !described.target.contains('?') && call.ai.operation != "none" && !call.model_name.empty();
}

// As offline::Course goes where there is nothing else to be done.
void World::decide_alone(const Record& record, offline::DescribedCall& described,
                         Verdict& verdict) {
  const decision::Program& program = *set_.program;
  context::Call& call = described.call;
  if (call.request.time_ns == 0) call.request.time_ns = clock_.now();
  targets_.complete(described);
  std::optional<Decision> decision = offline::complete_head(program, described);
  bool seen = !decision;
  context::Surroundings around = engine_->surroundings();
  around.load = described.load;
  around.in_flight = described.in_flight;
  decision::Evaluation evaluation(program, call, around);
  if (!decision) decision = evaluation.head();
  if (!decision) decision = offline::complete_body(program, described);
  if (!decision) decision = evaluation.body();
  verdict.allowed = decision->allowed;
  verdict.status = decision->allowed ? 0 : decision->status;
  if (!decision->allowed) verdict.statement = decision->statement.value_or(nobody);
  if (decision->fired.size() != evaluation.fired().size()) decision->fired = evaluation.fired();
  verdict.missing =
      doubts_.about(record.known, seen ? &evaluation : nullptr, call.response, *decision);
  verdict.fired.swap(decision->fired);
  verdict.target_known = decision->allowed;
  const plan::Model* model = decision->allowed ? program.model(call.model_name) : nullptr;
  if (model != nullptr) tell_target(*model, call.usage, verdict);
}

// What is decided otherwise than it was took another time; a refusal takes none.
int64_t World::end_of(const Record& record, bool allowed) const {
  const Recorded& recorded = record.recorded;
  if (recorded.settled != 0 && recorded.known && recorded.allowed == allowed)
    return std::max(clock_.now(), recorded.settled);
  if (!allowed) return clock_.now();
  int64_t took = recorded.took > 0 ? recorded.took : record.call.call.response.latency_ns;
  return clock_.now() + std::max<int64_t>(took, 0);
}

const context::Call& World::decide_in_flight(const Record& record,
                                             offline::DescribedCall& described, Verdict& verdict) {
  int64_t time = time_of(record);
  finish_until(time, verdict.fired);
  clock_.set(std::max(clock_.now(), time));
  int64_t end_if_allowed = end_of(record, true), end_if_refused = end_of(record, false);
  auto running = std::make_unique<InFlight>(*engine_, described);
  InFlight& one = *running;
  one.course.count_with(set_.tokenizers);
  one.course.judge();
  const Decision& decision = one.course.answer(false);
  verdict.fired.insert(verdict.fired.end(), decision.fired.begin(), decision.fired.end());
  tell(record, one.course, decision, one.described, verdict);
  if (one.course.evaluation() == nullptr) {
    described = std::move(one.described);
    return described.call;
  }
  in_flight_.emplace(decision.allowed ? end_if_allowed : end_if_refused, std::move(running));
  return one.described.call;
}

const context::Call& World::decide(const Record& record, offline::DescribedCall& described,
                                   Verdict& verdict) {
  verdict = {};
  bool estimated = estimate_usage(record, described);
  const context::Call* call = &described.call;
  if (is_alone(described)) {
    clock_.set(std::max(clock_.now(), time_of(record)));
    decide_alone(record, described, verdict);
  } else if (stays_in_flight(record)) {
    call = &decide_in_flight(record, described, verdict);
  } else {
    // Of one that came too late to be put in order the meters' time stays.
    clock_.set(std::max(clock_.now(), time_of(record)));
    offline::Course course(*engine_, described);
    course.count_with(set_.tokenizers);
    course.judge();
    tell(record, course, course.answer(false), described, verdict);
    verdict.fired = course.conclude();
  }
  verdict.estimated = (estimated || verdict.estimated) && verdict.allowed;
  return *call;
}

}  // namespace aipol::replay
