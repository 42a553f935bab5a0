// Where counters are kept: the seam between what a counter means (state.h) and where it lies. In
// memory here (memory_store.h).
#pragma once

#include <cstdint>
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
};

class Store {
 public:
  enum class Missing : uint8_t { make, skip };
  static constexpr size_t longest_key = 4096;

  virtual ~Store() = default;

  // A number for a meter; the same for the same text.
  virtual uint32_t meter(std::string_view identity) = 0;

  // Does the step on the counters at these addresses, which are all different, with nothing
  // between. False, and nothing done, where there is no room for a counter that is missing.
  virtual bool transact(std::span<const Address> addresses, Missing missing, int64_t now,
                        Step& step) = 0;

  // Drops the counters that are as if never used (State::idle_from) at `now`.
  virtual void sweep(int64_t now) = 0;
};

}  // namespace aipol::meters
