// Steps that no limit is asked about. They own what they read, so that a store may do them when the
// request that they are of is long over.
#pragma once

#include <memory>
#include <vector>

#include "runtime/meters/rule.h"
#include "runtime/meters/store.h"

namespace aipol::meters {

using Rules = std::vector<Rule>;  // by meter

// Charges the counters at its addresses.
class Charging final : public Step {
 public:
  struct Charge {
    uint32_t meter = 0;
    int64_t time = 0;
    Amount amount = 0;
    bool open = false;     // by a reservation that is to end
    bool skipped = false;  // the counter is left as it is
  };
  enum class When : uint8_t { due, asked };

  Charging(std::shared_ptr<const Rules> rules, std::vector<Charge> charges, When when)
      : rules_(std::move(rules)), charges_(std::move(charges)), when_(when) {}

  void apply(std::span<State* const> states) override;
  bool due() const override { return when_ == When::due; }
  std::unique_ptr<Step> copy() const override { return std::make_unique<Charging>(*this); }

 private:
  std::shared_ptr<const Rules> rules_;
  std::vector<Charge> charges_;
  When when_;
};

// Changes what reservations charged at the counters of its addresses, and may end them.
class Changing final : public Step {
 public:
  struct Change {
    uint32_t meter = 0;
    int64_t time = 0;  // of the reservation
    Wide difference = 0;
    bool skipped = false;
  };
  enum class Ends : uint8_t { no, yes };

  Changing(std::shared_ptr<const Rules> rules, std::vector<Change> changes, int64_t now, Ends ends)
      : rules_(std::move(rules)), changes_(std::move(changes)), now_(now), ends_(ends) {}

  void apply(std::span<State* const> states) override;
  std::unique_ptr<Step> copy() const override { return std::make_unique<Changing>(*this); }

 private:
  std::shared_ptr<const Rules> rules_;
  std::vector<Change> changes_;
  int64_t now_;
  Ends ends_;
};

}  // namespace aipol::meters
