#include "runtime/meters/charging.h"

namespace aipol::meters {

void Charging::apply(std::span<State* const> states) {
  for (size_t i = 0; i < charges_.size(); ++i) {
    const Charge& one = charges_[i];
    if (one.skipped || states[i] == nullptr) continue;
    const Rule& rule = (*rules_)[one.meter];
    State& state = *states[i];
    charge(state, rule, advance(state, rule, one.time), one.amount, one.open);
    rest(state, rule);
  }
}

void Changing::apply(std::span<State* const> states) {
  for (size_t i = 0; i < changes_.size(); ++i) {
    const Change& one = changes_[i];
    if (one.skipped || states[i] == nullptr) continue;
    const Rule& rule = (*rules_)[one.meter];
    State& state = *states[i];
    advance(state, rule, now_);
    if (ends_ == Ends::yes)
      close(state, rule, one.time, one.difference);
    else
      change(state, rule, one.time, one.difference);
    rest(state, rule);
  }
}

}  // namespace aipol::meters
