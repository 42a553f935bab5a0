#include "replay/tally.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/saturate.h"
#include "replay/change_line.h"

namespace aipol::replay {

namespace {

constexpr size_t most_names = 10'000;
constexpr size_t most_paths = 4096;  // of which the endpoint is remembered
constexpr FieldSet of_usage = FieldSet::range(Field::usage_input_tokens, Field::usage_cached);

std::string place_of(const plan::Plan& plan, uint32_t statement) {
  const plan::Place& place = plan.statements[statement].place;
  return fmt::format("{}:{}", place.file, place.line);
}

StatementName name_of(const plan::Plan& plan, uint32_t number) {
  const plan::Statement& statement = plan.statements[number];
  return {place_of(plan, number), plan.policies[statement.policy].name,
          std::string(plan::name_of(statement.effect))};
}

Side side_of(const PolicySet* set) {
  return set == nullptr ? Side{} : Side{set->name, set->plan().version};
}

}  // namespace

Tally::Tally(const PolicySet* from, const PolicySet& to, const std::string& team,
             const std::vector<std::string>& logs, const Tell& changes)
    : from_(from),
      to_(to),
      team_(team),
      logs_(logs),
      changes_(changes),
      fired_(to.plan().statements.size()),
      models_(to.plan().deployment.models.size() + 1),
      endpoints_(to.plan().deployment.endpoints.size() + 1),
      teams_(&report_.by["team"]) {
  report_.from = side_of(from);
  report_.to = side_of(&to);
  report_.logs = logs;
}

Tally::Said Tally::said(const Verdict& verdict, const PolicySet& set) {
  const plan::Plan& plan = set.plan();
  Said out{verdict.allowed, verdict.status, {}, {}, verdict.target_known, &verdict, &set};
  if (verdict.statement != nobody)
    out.policy = plan.policies[plan.statements[verdict.statement].policy].name;
  if (verdict.target != nobody) out.target = plan.deployment.models[verdict.target].name;
  return out;
}

Tally::Said Tally::said(const Recorded& recorded) {
  if (recorded.allowed)
    return {true, 0, {}, recorded.target, !recorded.target.empty(), nullptr, nullptr};
  Said out;
  out.status = recorded.status;
  out.policy = recorded.policy;
  return out;
}

Answer Tally::answer(const Said& said, const Record& record) {
  Answer out{said.allowed, said.status, std::string(said.policy), {}};
  if (said.allowed) return out;
  if (said.verdict == nullptr)
    out.statement = record.recorded.statement;
  else if (said.verdict->statement != nobody)
    out.statement = place_of(said.set->plan(), said.verdict->statement);
  return out;
}

Tally::Measured Tally::measured(const Record& record, const Said& from, const Said& to) {
  if (!record.given.has_any(of_usage)) return {};
  const context::Usage& usage = record.used;
  Measured out{saturating_add(usage.input_tokens, usage.output_tokens), usage.cost, true};
  if (record.call.has_cost) return out;
  for (const Said* side : {&from, &to}) {
    if (side->verdict != nullptr && side->verdict->target != nobody) out.usd = side->verdict->cost;
  }
  return out;
}

bool Tally::shifts(const Said& from, const Said& to) {
  bool known = from.allowed && to.allowed && from.target_known && to.target_known;
  return known && from.target != to.target && !from.target.empty() && !to.target.empty();
}

void Tally::add_route(const Record& record, const Said& from, const Said& to,
                      const Measured& measured) {
  if (!shifts(from, to)) return;
  std::pair models{std::string(from.target), std::string(to.target)};
  if (report_.routes.size() >= most_names && !report_.routes.contains(models))
    models.first = "(others)";
  Shift& shift = report_.routes[models];
  ++shift.count;
  add_example(record, shift.examples);
  if (!measured.known) return;
  shift.tokens = saturating_add(shift.tokens, measured.tokens);
  int64_t cost = from.verdict != nullptr ? from.verdict->cost : measured.usd;
  shift.usd_from = saturating_add(shift.usd_from, cost);
  shift.usd_to = saturating_add(shift.usd_to, to.verdict->cost);
}

void Tally::add_limits(const Record& record, const Said& said, bool to) {
  if (said.verdict == nullptr || said.verdict->undetermined()) return;
  for (const Tripped& tripped : said.verdict->tripped) {
    Limit& limit = report_.limits[{to, name_of(said.set->plan(), tripped.statement)}];
    int64_t time = record.call.call.request.time_ns;
    limit.first = limit.refused == 0 ? time : std::min(limit.first, time);
    limit.last = std::max(limit.last, time);
    ++limit.refused;
    ++limit.keys.at(tripped.key);
    add_example(record, limit.examples);
  }
}

void Tally::add_redactions(const Said& said, bool to) {
  if (said.verdict == nullptr) return;
  for (const Redacted& one : said.verdict->redacted) {
    auto& counts = report_.redactions[{one.policy, one.detector, one.of_answer}];
    ++(to ? counts.second : counts.first);
  }
}

// The fields that either side turns on and the record does not tell.
std::set<std::string> Tally::missing_of(const Record& record, const Said& from,
                                        const Said& to) const {
  std::set<std::string> missing = to.verdict->missing;
  if (from.verdict != nullptr)
    missing.insert(from.verdict->missing.begin(), from.verdict->missing.end());
  else if (!record.recorded.known)
    missing.insert("decision");
  return missing;
}

void Tally::tell_change(const Record& record, const Asked& asked, How how, const Said& from,
                        const Said& to, const Measured& measured) {
  constexpr size_t enough = 64 * 1024;
  bool routed = how == How::same && shifts(from, to);
  if (how == How::same && !routed) return;
  auto side = [&](const Said& said) {
    ChangeLine::Side out{answer(said, record), said.target, std::nullopt};
    if (said.allowed && said.verdict != nullptr && measured.known) out.usd = said.verdict->cost;
    return out;
  };
  const std::set<std::string> missing = missing_of(record, from, to);
  append_line(lines_, {.file = logs_[record.file],
                       .line = record.line,
                       .id = asked.call.request.id,
                       .time = asked.call.request.time_ns,
                       .how = routed                     ? "routed"
                              : how == How::undetermined ? "undetermined"
                                                         : "changed",
                       .from = side(from),
                       .to = side(to),
                       .missing = missing,
                       .tokens = measured.known ? std::optional(measured.tokens) : std::nullopt});
  if (lines_.size() < enough) return;
  changes_(lines_);
  lines_.clear();
}

Tally::How Tally::compare(const Record& record, const Said& from, const Said& to,
                          const Measured& measured) {
  const std::set<std::string> missing = missing_of(record, from, to);
  for (const std::string& field : missing) {
    Counted& counted = report_.missing[field];
    ++counted.count;
    add_example(record, counted.examples);
  }
  if (!missing.empty()) return How::undetermined;
  bool same = from.allowed == to.allowed && from.status == to.status && from.policy == to.policy;
  if (same) return How::same;
  Answer before = answer(from, record), after = answer(to, record);
  // Records can tell any number of policies.
  if (from.verdict == nullptr && report_.changes.size() >= most_names &&
      !report_.changes.contains({before, after}))
    before.policy = before.statement = "(others)";
  Change& change = report_.changes[{before, after}];
  ++change.count;
  change.unmeasured += !measured.known;
  change.tokens = saturating_add(change.tokens, measured.tokens);
  change.usd = saturating_add(change.usd, measured.usd);
  add_example(record, change.examples);
  return How::changed;
}

size_t Tally::endpoint_of(const std::string& path) {
  auto found = endpoints_of_.find(path);
  if (found != endpoints_of_.end()) return found->second;
  if (endpoints_of_.size() == most_paths) endpoints_of_.clear();
  const std::vector<plan::Endpoint>& endpoints = to_.plan().deployment.endpoints;
  const plan::Endpoint* endpoint = path.empty() ? nullptr : to_.program->endpoint(path);
  size_t number =
      endpoint == nullptr ? endpoints.size() : static_cast<size_t>(endpoint - endpoints.data());
  endpoints_of_.emplace(path, number);
  return number;
}

void Tally::add_shares(const Asked& asked, How how, const Said& from, const Said& to,
                       const Measured& measured) {
  Share one{.records = 1};
  one.undetermined = how == How::undetermined;
  if (how == How::changed) {
    one.changed = 1;
    one.newly_denied = from.allowed && !to.allowed;
    one.newly_allowed = !from.allowed && to.allowed;
    one.tokens = measured.tokens;
    one.usd = measured.usd;
  }
  const context::Call& call = asked.call;
  const plan::Model* model = to_.program->model(call.model_name);
  const std::vector<plan::Model>& models = to_.plan().deployment.models;
  models_[model == nullptr ? models.size() : static_cast<size_t>(model - models.data())] += one;
  std::string_view path = asked.target;
  endpoints_[endpoint_of(std::string(path.substr(0, path.find('?'))))] += one;
  const context::AttributeValue* team = call.principal.attributes.find(team_);
  const auto* name = team == nullptr ? nullptr : std::get_if<std::string>(team);
  teams_->at(name == nullptr ? std::string_view() : *name) += one;
}

void Tally::add_time(const Record& record, How how, const Said& from, const Said& to) {
  if (!record.given.has(Field::request_time)) return;
  int64_t time = record.call.call.request.time_ns;
  report_.first = report_.first == 0 ? time : std::min(report_.first, time);
  report_.last = std::max(report_.last, time);
  Timeline::Counts& counts = report_.timeline.at(time);
  ++counts.records;
  counts.undetermined += how == How::undetermined;
  counts.changed += how == How::changed;
  counts.newly_denied += how == How::changed && from.allowed && !to.allowed;
  counts.newly_allowed += how == How::changed && !from.allowed && to.allowed;
  if (how == How::undetermined) return;
  counts.limited_from += from.verdict != nullptr && !from.verdict->tripped.empty();
  counts.limited_to += !to.verdict->tripped.empty();
}

void Tally::add(const Record& record, const Asked& asked, const Verdict* from, const Verdict& to) {
  Said before = from == nullptr ? said(record.recorded) : said(*from, *from_);
  Said after = said(to, to_);
  Measured used = measured(record, before, after);
  How how = compare(record, before, after, used);
  ++report_.records;
  report_.same += how == How::same;
  report_.undetermined += how == How::undetermined;
  report_.changed += how == How::changed;
  report_.newly_denied += how == How::changed && before.allowed && !after.allowed;
  report_.newly_allowed += how == How::changed && !before.allowed && after.allowed;
  report_.estimated += to.estimated && how != How::undetermined;
  add_shares(asked, how, before, after, used);
  add_time(record, how, before, after);
  if (how != How::undetermined) add_route(record, before, after, used);
  add_limits(record, before, false);
  add_limits(record, after, true);
  add_redactions(before, false);
  add_redactions(after, true);
  add_fired(to.fired);
  if (changes_) tell_change(record, asked, how, before, after, used);
}

void Tally::add_unreadable(const std::string& reason, uint32_t file, uint64_t line) {
  ++report_.unreadable;
  Counted& counted = report_.reasons.at(reason);
  ++counted.count;
  counted.examples.add(logs_[file], line);
}

Report Tally::take() {
  if (!lines_.empty()) changes_(std::exchange(lines_, {}));
  const plan::Plan& plan = to_.plan();
  auto put = [&](std::string_view dimension, std::string_view name, const Share& share) {
    if (share.records > 0) report_.by[std::string(dimension)].at(name) += share;
  };
  for (size_t i = 0; i < models_.size(); ++i)
    put("model", i + 1 == models_.size() ? "" : plan.deployment.models[i].name, models_[i]);
  for (size_t i = 0; i < endpoints_.size(); ++i)
    put("endpoint", i + 1 == endpoints_.size() ? "" : plan.deployment.endpoints[i].glob,
        endpoints_[i]);
  for (uint32_t number = 0; number < fired_.size(); ++number) {
    Exercise& exercise = report_.statements[name_of(plan, number)];
    exercise.fired += fired_[number];
    exercise.shadow = plan.statements[number].shadow;
  }
  return std::move(report_);
}

}  // namespace aipol::replay
