#include "runtime/meters/state.h"

namespace aipol::meters {

namespace {

// Nobody knows when a request ends; this is when to ask again.
constexpr int64_t wait_for_slot = 1'000'000'000;

int64_t wait_for_window(const State& state, const Rule& rule, int64_t now, Amount need,
                        const Demand& demand) {
  if (Wide{state.tally.used()} + need <= demand.amount) return 0;
  bool ends = rule.kind != plan::Window::Kind::ever;
  return need <= demand.amount && ends ? narrow(Wide{state.tally.window().end} - now) : never;
}

int64_t wait_for_end(const State& state, const Demand& demand) {
  if (state.open < demand.amount) return 0;
  return demand.amount > 0 ? wait_for_slot : never;
}

bool concurrent(const Rule& rule) { return rule.measure == plan::Measure::concurrent; }

}  // namespace

int64_t advance(State& state, const Rule& rule, int64_t now) {
  now = std::max(now, state.latest);
  state.latest = now;
  if (rule.tallies) state.tally.advance(rule, now);
  if (rule.logs) state.log.advance(rule.length, now);
  return now;
}

int64_t wait(State& state, const Rule& rule, int64_t now, Amount need, const Demand& demand) {
  switch (rule.limits[demand.limit].bound) {
    case Bound::bucket:
      return state.buckets.wait(rule, now, need, demand);
    case Bound::sliding:
      return state.log.wait(rule.length, now, Wide{demand.amount} - need);
    case Bound::calendar:
      return wait_for_window(state, rule, now, need, demand);
    case Bound::concurrent:
      return wait_for_end(state, demand);
  }
  __builtin_unreachable();
}

Room room(State& state, const Rule& rule, int64_t now, const Demand& demand) {
  const Bound bound = rule.limits[demand.limit].bound;
  if (bound == Bound::bucket) return state.buckets.room(rule, now, demand);
  const bool ends = rule.kind != plan::Window::Kind::ever;
  Room room;
  switch (bound) {
    case Bound::sliding:
      room.left = narrow(Wide{demand.amount} - state.log.used());
      room.reset = state.log.wait(rule.length, now, 0);
      break;
    case Bound::calendar:
      room.left = saturating_subtract(demand.amount, state.tally.used());
      room.reset = ends ? narrow(Wide{state.tally.window().end} - now) : never;
      break;
    default:
      room.left = demand.amount - state.open;
      room.reset = never;
  }
  room.left = std::max<Amount>(room.left, 0);
  return room;
}

void charge(State& state, const Rule& rule, int64_t now, Amount amount, bool open) {
  if (open) ++state.open;
  if (concurrent(rule)) return;
  if (rule.tallies) state.tally.add(now, amount);
  if (rule.logs) state.log.add(rule.length, now, amount);
  if (rule.has_buckets) state.buckets.add(rule, now, amount, open);
}

void change(State& state, const Rule& rule, int64_t time, Wide difference) {
  if (concurrent(rule) || difference == 0) return;
  if (rule.tallies) state.tally.add(time, difference);
  if (rule.logs) state.log.change(time, difference);
  if (rule.has_buckets) state.buckets.change(time, difference);
}

void close(State& state, const Rule& rule, int64_t time, Wide difference) {
  if (state.open > 0) --state.open;
  change(state, rule, time, difference);
  if (rule.has_buckets) state.buckets.close(time, 0);
}

Amount used(const State& state, const Rule& rule) {
  if (concurrent(rule)) return state.open;
  if (rule.logs && rule.kind == plan::Window::Kind::sliding) return narrow(state.log.used());
  return state.tally.used();
}

Comparison compare(const State& state, const Rule& rule) {
  return rule.compares ? state.tally.compare(used(state, rule)) : Comparison{};
}

void rest(State& state, const Rule& rule) {
  state.idle_from = int_min;
  if (rule.tallies) state.idle_from = std::max(state.idle_from, state.tally.idle_from(rule));
  if (rule.logs) state.idle_from = std::max(state.idle_from, state.log.idle_from(rule.length));
  state.counts_until = state.idle_from;
  if (rule.has_buckets) state.idle_from = std::max(state.idle_from, state.buckets.idle_from());
  if (state.open > 0) state.idle_from = never;
}

void abandon(State& state) {
  if (state.open == 0) return;
  state.open = 0;
  state.buckets.close_all();
  state.idle_from = std::max(state.counts_until, state.buckets.idle_from());
}

namespace {

constexpr uint64_t version = 1;

}  // namespace

void encode(const State& state, std::string& onto) {
  ByteWriter to(onto);
  to.word(version);
  to.number(state.latest);
  to.word(state.open);
  to.time(state.idle_from, state.latest);
  to.time(state.counts_until, state.latest);
  state.tally.write(to, state.latest);
  state.log.write(to, state.latest);
  state.buckets.write(to, state.latest);
}

std::optional<State> decode(std::string_view bytes) {
  ByteReader from(bytes);
  if (from.word() != version) return std::nullopt;
  State state;
  state.latest = from.number();
  state.open = static_cast<uint32_t>(from.count(UINT32_MAX));
  state.idle_from = from.time(state.latest);
  state.counts_until = from.time(state.latest);
  state.tally.read(from, state.latest);
  state.log.read(from, state.latest);
  state.buckets.read(from, state.latest);
  if (from.bad() || !from.ended()) return std::nullopt;
  return state;
}

}  // namespace aipol::meters
