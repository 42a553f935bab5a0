// What of two policy sets remembers earlier requests, and by which of a request's values: records
// that share none of them can be decided in any order, by any thread, on any machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "replay/record.h"
#include "replay/world.h"

namespace aipol::replay {

class Partition {
 public:
  // `from` may be null. Both must outlive it. Shared by threads.
  Partition(const PolicySet* from, const PolicySet& to);

  enum class Order : uint8_t {
    free,   // nothing is remembered
    keyed,  // what is remembered belongs to one value of `by`
    whole   // all records are one
  };
  Order order() const { return order_; }
  const std::string& by() const { return by_; }    // "principal.id", where keyed
  const std::string& why() const { return why_; }  // where whole: what stands against parts

  // Where keyed: a hash of the value; the same for records that share what is remembered.
  uint64_t hash(const Record& record, AipolScratch& scratch) const;

 private:
  struct State {
    std::string what;               // for people
    std::vector<std::string> keys;  // sources by which it can be told apart; none: not at all
  };
  static void find_states(const PolicySet& set, std::vector<State>& states);
  static void find_meters(const PolicySet& set, std::vector<State>& states);
  static void find_routes(const PolicySet& set, std::vector<State>& states);
  bool choose(const std::string& path, const PolicySet* from, const PolicySet& to);

  Order order_ = Order::free;
  std::string by_, why_;
  const PolicySet* set_ = nullptr;  // whose source it is
  plan::SourceId source_ = 0;
};

// A part of the records: those whose hash is `number` - 1 modulo `of`.
struct Shard {
  uint32_t number = 1, of = 1;
  bool holds(uint64_t hash) const { return hash % of == number - 1; }
};

}  // namespace aipol::replay
