// Where counters are kept: the seam between what a counter means (state.h) and where it lies. In
// memory here (memory_store.h); in files and on servers in runtime/stores.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "runtime/meters/state.h"

namespace aipol::meters {

struct Address {
  uint32_t meter = 0;  // Store::meter
  std::string_view
      key;  // at most Store::longest_key bytes; longer ones the store refuses as if it were full
};

// What is done to some counters as one: a function of their states alone, for a store may call it
// again on fresh states where another process came first.
class Step {
 public:
  virtual ~Step() = default;
  // `states` are in the order of the addresses; null where there is no counter and none was to be
  // made. Must not throw and must not call the store.
  virtual void apply(std::span<State* const> states) = 0;

  // Of the last `apply`.
  virtual bool changed() const { return true; }   // false: all counts are as before
  virtual bool refused() const { return false; }  // a limit said no

  // Whether it tells of what has happened, whatever the store says, so that a store that can not be
  // reached does it once it can.
  virtual bool due() const { return false; }
  // A step of the same addresses that does what this one did, or for steps that are due will do,
  // whatever limits say; it owns all that it reads. Null: it does nothing.
  virtual std::unique_ptr<Step> copy() const { return nullptr; }
  // The same of what takes back what the last `apply` did. Null for steps that are due.
  virtual std::unique_ptr<Step> undo() const { return nullptr; }
};

// What became of a transaction.
enum class Outcome : uint8_t {
  done,    // also where a step that is due is done later
  full,    // nothing was done: there is no room for a counter that is missing
  away,    // nothing was done: the store can not be reached
  passed,  // the same, and the operator lets requests pass then, uncounted
};

class Store {
 public:
  enum class Missing : uint8_t { make, skip };
  static constexpr size_t longest_key = 4096;

  virtual ~Store() = default;

  // A number for a meter; the same for the same text.
  virtual uint32_t meter(std::string_view identity) = 0;

  // Does the step on the counters at these addresses, which are all different, with nothing
  // between.
  virtual Outcome transact(std::span<const Address> addresses, Missing missing, int64_t now,
                           Step& step) = 0;

  // Whether `transact` waits for a network, so that threads which must not wait should not call it.
  virtual bool waits() const { return false; }

  // Drops the counters that are as if never used (State::idle_from) at `now`.
  virtual void sweep(int64_t now) = 0;
};

}  // namespace aipol::meters
