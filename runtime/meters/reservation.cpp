#include "runtime/meters/meters.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "runtime/meters/charging.h"

namespace aipol::meters {

Reservation::Reservation(Reservation&& other) noexcept
    : meters_(std::exchange(other.meters_, nullptr)),
      held_(std::move(other.held_)),
      keys_(std::move(other.keys_)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  if (holds()) meters_->release(*this);
  meters_ = std::exchange(other.meters_, nullptr);
  held_ = std::move(other.held_);
  keys_ = std::move(other.keys_);
  return *this;
}

Reservation::~Reservation() {
  if (holds()) meters_->release(*this);
}

namespace {

Demand demand_of(const Ask& ask, uint32_t number) {
  Amount amount = std::max<Amount>(ask.amount, 0);
  return {number, amount, std::max<Amount>(ask.burst.value_or(amount), 0)};
}

}  // namespace

// Asks all limits, then charges. Done again on fresh states it forgets what it found before.
class Meters::Admission final : public Step {
 public:
  Admission(const Meters& meters, std::span<const Charge> charges, std::span<const Ask> asks,
            int64_t now, Reservation& into, Verdict& verdict)
      : meters_(meters),
        charges_(charges),
        asks_(asks),
        now_(now),
        into_(into),
        verdict_(verdict) {}

  void apply(std::span<State* const> states) override {
    verdict_.refused.clear();
    verdict_.shadow.clear();
    verdict_.rooms.clear();
    verdict_.time = now_ = std::max(now_, meters_.clock_.now());
    for (size_t i = 0; i < states.size(); ++i)
      into_.held_[i].time = advance(*states[i], rule(i), now_);
    for (uint32_t i = 0; i < asks_.size(); ++i) ask(i, states);
    verdict_.admitted = verdict_.refused.empty();
    for (size_t i = 0; i < states.size(); ++i) {
      Reservation::Held& held = into_.held_[i];
      held.charged = verdict_.admitted && !(rule(i).shadow && !verdict_.shadow.empty());
      if (held.charged) charge(*states[i], rule(i), held.time, held.amount, true);
    }
    for (const Ask& ask : asks_) verdict_.rooms.push_back(room_of(ask, states));
    for (size_t i = 0; i < states.size(); ++i) rest(*states[i], rule(i));
  }

  bool changed() const override { return verdict_.admitted; }
  bool refused() const override { return !verdict_.admitted; }

  std::unique_ptr<Step> copy() const override {
    if (!verdict_.admitted) return nullptr;
    std::vector<Charging::Charge> charges;
    for (const Reservation::Held& held : into_.held_)
      charges.push_back({held.meter, held.time, held.amount, true, !held.charged});
    return std::make_unique<Charging>(meters_.rules_of_, std::move(charges), Charging::When::asked);
  }
  std::unique_ptr<Step> undo() const override {
    if (!verdict_.admitted) return nullptr;
    std::vector<Changing::Change> changes;
    for (const Reservation::Held& held : into_.held_)
      changes.push_back({held.meter, held.time, -Wide{held.amount}, !held.charged});
    return std::make_unique<Changing>(meters_.rules_of_, std::move(changes), now_,
                                      Changing::Ends::yes);
  }

 private:
  const Rule& rule(size_t charge) const { return meters_.rules_[charges_[charge].meter]; }

  void ask(uint32_t number, std::span<State* const> states) {
    const Ask& ask = asks_[number];
    const Rule& asked = rule(ask.charge);
    const Reservation::Held& held = into_.held_[ask.charge];
    Amount need = asked.needed(held.amount);
    if (need == 0) return;
    Demand demand = demand_of(ask, meters_.limits_[ask.limit].number);
    int64_t waits = wait(*states[ask.charge], asked, held.time, need, demand);
    if (waits > 0) (asked.shadow ? verdict_.shadow : verdict_.refused).push_back({number, waits});
  }

  Room room_of(const Ask& ask, std::span<State* const> states) const {
    Demand demand = demand_of(ask, meters_.limits_[ask.limit].number);
    return room(*states[ask.charge], rule(ask.charge), into_.held_[ask.charge].time, demand);
  }

  const Meters& meters_;
  std::span<const Charge> charges_;
  std::span<const Ask> asks_;
  int64_t now_;
  Reservation& into_;
  Verdict& verdict_;
};

// Adds to charges what has come on top of them, if the limits admit it.
class Meters::Raise final : public Step {
 public:
  Raise(const Meters& meters, Reservation& reservation, std::span<const Amount> amounts,
        std::span<const Ask> asks, int64_t now)
      : meters_(meters), reservation_(reservation), amounts_(amounts), asks_(asks), now_(now) {}
  bool done() const { return refused_.empty(); }
  std::vector<Refusal> take_refused() { return std::move(refused_); }

  void apply(std::span<State* const> states) override {
    more_.clear();
    at_.clear();
    refused_.clear();
    size_t next = 0;
    for (size_t i = 0; i < amounts_.size(); ++i) {
      const Reservation::Held& held = reservation_.held_[i];
      more_.push_back(std::max<Amount>(0, saturating_subtract(amounts_[i], held.amount)));
      at_.push_back(held.charged ? states[next++] : nullptr);
      if (at_[i]) advance(*at_[i], rule(i), now_);
    }
    for (uint32_t i = 0; i < asks_.size(); ++i) {
      if (int64_t waits = wait_of(asks_[i]); waits > 0) refused_.push_back({i, waits});
    }
    for (size_t i = 0; i < at_.size(); ++i) {
      if (!at_[i]) continue;
      if (done()) change(*at_[i], rule(i), reservation_.held_[i].time, more_[i]);
      rest(*at_[i], rule(i));
    }
  }

  bool changed() const override { return done(); }
  bool refused() const override { return !done(); }
  std::unique_ptr<Step> copy() const override { return raised(1); }
  std::unique_ptr<Step> undo() const override { return raised(-1); }

  void note() {
    for (size_t i = 0; i < more_.size(); ++i)
      if (at_[i]) reservation_.held_[i].amount += more_[i];
  }

 private:
  const Rule& rule(size_t charge) const { return meters_.rules_[reservation_.held_[charge].meter]; }

  // Of the counters that are charged, which are the addresses.
  std::unique_ptr<Step> raised(int sign) const {
    if (!done()) return nullptr;
    std::vector<Changing::Change> changes;
    for (size_t i = 0; i < more_.size(); ++i) {
      const Reservation::Held& held = reservation_.held_[i];
      if (held.charged) changes.push_back({held.meter, held.time, sign * Wide{more_[i]}, false});
    }
    return std::make_unique<Changing>(meters_.rules_of_, std::move(changes), now_,
                                      Changing::Ends::no);
  }

  int64_t wait_of(const Ask& ask) {
    State* state = at_[ask.charge];
    const Rule& asked = rule(ask.charge);
    bool slot = asked.measure == plan::Measure::concurrent;  // which it has already
    if (!state || more_[ask.charge] == 0 || slot || asked.shadow) return 0;
    Demand demand = demand_of(ask, meters_.limits_[ask.limit].number);
    return wait(*state, asked, state->latest, more_[ask.charge], demand);
  }

  const Meters& meters_;
  Reservation& reservation_;
  std::span<const Amount> amounts_;
  std::span<const Ask> asks_;
  int64_t now_;
  std::vector<Amount> more_;  // by charge
  std::vector<State*> at_;    // by charge; null where it does not count
  std::vector<Refusal> refused_;
};

// Puts what was used in the place of what was reserved, and frees slots.
class Meters::Ending final : public Step {
 public:
  Ending(const Meters& meters, const Reservation& reservation, std::span<const Amount> amounts,
         int64_t now)
      : meters_(meters), reservation_(reservation), amounts_(amounts), now_(now) {}

  // 0 before it was done.
  int64_t time() const { return time_; }

  void apply(std::span<State* const> states) override {
    time_ = now_ = std::max(now_, meters_.clock_.now());
    size_t next = 0;
    for (size_t i = 0; i < reservation_.held_.size(); ++i) {
      const Reservation::Held& held = reservation_.held_[i];
      if (!held.charged) continue;
      State* state = states[next++];
      if (!state) continue;
      const Rule& rule = meters_.rules_[held.meter];
      advance(*state, rule, now_);
      close(*state, rule, held.time, used(i) - held.amount);
      rest(*state, rule);
    }
  }
  bool due() const override { return true; }

  std::unique_ptr<Step> copy() const override {
    std::vector<Changing::Change> changes;
    for (size_t i = 0; i < reservation_.held_.size(); ++i) {
      const Reservation::Held& held = reservation_.held_[i];
      if (held.charged) changes.push_back({held.meter, held.time, used(i) - held.amount, false});
    }
    return std::make_unique<Changing>(meters_.rules_of_, std::move(changes), now_,
                                      Changing::Ends::yes);
  }

 private:
  Wide used(size_t charge) const {
    return amounts_.empty() ? 0 : std::max<Amount>(amounts_[charge], 0);
  }

  const Meters& meters_;
  const Reservation& reservation_;
  std::span<const Amount> amounts_;
  int64_t now_;
  int64_t time_ = 0;
};

// The counters that a reservation charges.
std::vector<Address> Meters::held_by(const Reservation& reservation) const {
  std::vector<Address> addresses;
  addresses.reserve(reservation.held_.size());
  uint32_t key_begin = 0;
  for (const Reservation::Held& held : reservation.held_) {
    std::string_view key(reservation.keys_.data() + key_begin, held.key_end - key_begin);
    key_begin = held.key_end;
    if (held.charged) addresses.push_back({rules_[held.meter].id, key});
  }
  return addresses;
}

void Meters::reserve(std::span<const Charge> charges, std::span<const Ask> asks, Reservation& into,
                     Verdict& verdict) {
  if (into.holds()) release(into);
  verdict.time = 0;
  into.held_.clear();
  into.keys_.clear();
  for (const Charge& charge : charges) {
    into.keys_ += charge.key;
    into.held_.push_back({charge.meter, static_cast<uint32_t>(into.keys_.size()), 0,
                          std::max<Amount>(charge.amount, 0), true});
  }
  for (const Ask& ask : asks)
    AIPOL_CHECK(limits_[ask.limit].meter == charges[ask.charge].meter,
                "a limit is asked with the charge to its meter");
  int64_t now = clock_.now();
  Admission admission(*this, charges, asks, now, into, verdict);
  Outcome outcome = store_.transact(held_by(into), Store::Missing::make, now, admission);
  note(outcome, verdict);
  choose_answer(asks, verdict);
  if (verdict.admitted && outcome == Outcome::done) into.meters_ = this;
}

// Of what was not done: why not.
void Meters::note(Outcome outcome, Verdict& verdict) {
  verdict.full = outcome == Outcome::full;
  verdict.away = outcome == Outcome::away;
  if (outcome == Outcome::done) return;
  verdict.refused.clear();
  verdict.shadow.clear();
  verdict.rooms.clear();
  verdict.admitted = outcome == Outcome::passed;
}

void Meters::choose_answer(std::span<const Ask> asks, Verdict& verdict) {
  verdict.refusing = 0;
  verdict.retry_after = 0;
  if (verdict.refused.empty()) return;
  verdict.refusing =
      std::ranges::min(verdict.refused, {}, [&](const Refusal& r) { return asks[r.ask].rank; }).ask;
  verdict.retry_after = std::ranges::max(verdict.refused, {}, &Refusal::wait).wait;
}

bool Meters::extend(Reservation& reservation, std::span<const Amount> amounts,
                    std::span<const Ask> asks, Verdict* verdict) {
  if (!reservation.holds()) return false;
  AIPOL_CHECK(amounts.size() == reservation.held_.size(), "each charge is extended");
  int64_t now = clock_.now();
  Raise raise(*this, reservation, amounts, asks, now);
  Outcome outcome = store_.transact(held_by(reservation), Store::Missing::skip, now, raise);
  Verdict found;
  found.admitted = raise.done();
  if (outcome == Outcome::done && found.admitted) raise.note();
  found.refused = raise.take_refused();
  note(outcome, found);
  choose_answer(asks, found);
  if (verdict != nullptr) *verdict = std::move(found);
  return found.admitted;
}

int64_t Meters::finish(Reservation& reservation, std::span<const Amount> amounts) {
  if (!reservation.holds()) return 0;
  int64_t now = clock_.now();
  Ending ending(*this, reservation, amounts, now);
  std::ignore = store_.transact(held_by(reservation), Store::Missing::skip, now, ending);
  reservation.meters_ = nullptr;
  return ending.time();
}

int64_t Meters::settle(Reservation& reservation, std::span<const Amount> amounts) {
  AIPOL_CHECK(!reservation.holds() || amounts.size() == reservation.held_.size(),
              "each charge is settled");
  return finish(reservation, amounts);
}

void Meters::release(Reservation& reservation) { std::ignore = finish(reservation, {}); }

}  // namespace aipol::meters
