#include "replay/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/saturate.h"

namespace aipol::replay {

void Examples::add(const std::string& file, uint64_t line) {
  if (places_.size() == most &&
      std::pair(std::string_view(places_.back().file), places_.back().line) <=
          std::pair(std::string_view(file), line))
    return;
  Place place{file, line};
  auto at = std::ranges::lower_bound(places_, place);
  if (at != places_.end() && *at == place) return;
  places_.insert(at, std::move(place));
  if (places_.size() > most) places_.pop_back();
}

void Examples::merge(const Examples& other) {
  for (const Place& place : other.places_) add(place.file, place.line);
}

Share& Share::operator+=(const Share& other) {
  records += other.records;
  changed += other.changed;
  newly_denied += other.newly_denied;
  newly_allowed += other.newly_allowed;
  undetermined += other.undetermined;
  tokens = saturating_add(tokens, other.tokens);
  usd = saturating_add(usd, other.usd);
  return *this;
}

Counted& Counted::operator+=(const Counted& other) {
  count += other.count;
  examples.merge(other.examples);
  return *this;
}

namespace {

void add(Change& to, const Change& other) {
  to.count += other.count;
  to.unmeasured += other.unmeasured;
  to.tokens = saturating_add(to.tokens, other.tokens);
  to.usd = saturating_add(to.usd, other.usd);
  to.examples.merge(other.examples);
}

void add(Counted& to, const Counted& other) { to += other; }

void add(Limit& to, const Limit& other) {
  if (other.refused == 0) return;
  to.first = to.refused == 0 ? other.first : std::min(to.first, other.first);
  to.last = to.refused == 0 ? other.last : std::max(to.last, other.last);
  to.refused += other.refused;
  to.keys.merge(other.keys);
  to.examples.merge(other.examples);
}

void add(Shift& to, const Shift& other) {
  to.count += other.count;
  to.tokens = saturating_add(to.tokens, other.tokens);
  to.usd_from = saturating_add(to.usd_from, other.usd_from);
  to.usd_to = saturating_add(to.usd_to, other.usd_to);
  to.examples.merge(other.examples);
}

void add(BoundedCounts<Share>& to, const BoundedCounts<Share>& other) { to.merge(other); }

void add(std::pair<uint64_t, uint64_t>& to, const std::pair<uint64_t, uint64_t>& other) {
  to.first += other.first;
  to.second += other.second;
}

void add(Exercise& to, const Exercise& other) {
  to.fired += other.fired;
  to.shadow = other.shadow;
}

template <class Map>
void add_each(Map& to, const Map& other) {
  for (const auto& [name, sum] : other) add(to[name], sum);
}

}  // namespace

void Report::merge(const Report& other) {
  if (other.first != 0) first = first == 0 ? other.first : std::min(first, other.first);
  last = std::max(last, other.last);
  records += other.records;
  same += other.same;
  changed += other.changed;
  undetermined += other.undetermined;
  newly_denied += other.newly_denied;
  newly_allowed += other.newly_allowed;
  unreadable += other.unreadable;
  this->other += other.other;
  late += other.late;
  estimated += other.estimated;
  shards.insert(other.shards.begin(), other.shards.end());
  add_each(changes, other.changes);
  add_each(missing, other.missing);
  reasons.merge(other.reasons);
  add_each(by, other.by);
  timeline.merge(other.timeline);
  add_each(limits, other.limits);
  add_each(routes, other.routes);
  add_each(redactions, other.redactions);
  add_each(statements, other.statements);
}

std::string text_of(const Answer& answer) {
  return answer.allowed ? "allow" : fmt::format("deny {}", answer.status);
}

}  // namespace aipol::replay
