// What a replay tells: sums, and examples of what they are sums of. Plain data that can be added
// up, whichever threads or machines it comes from, with one and the same outcome (merge), and
// written and read as JSON (report_json.h). Names are texts, money is nano-dollars, times are ns
// since the epoch.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "replay/bounded_counts.h"
#include "replay/timeline.h"

namespace aipol::replay {

// The first few places of something in the logs, in their order.
class Examples {
 public:
  static constexpr size_t most = 5;
  struct Place {
    std::string file;
    uint64_t line = 0;
    auto operator<=>(const Place&) const = default;
  };
  void add(const std::string& file, uint64_t line);
  void merge(const Examples& other);
  const std::vector<Place>& places() const { return places_; }
  bool operator==(const Examples&) const = default;

 private:
  std::vector<Place> places_;  // ascending
};

// What a side says of a record, as people tell it.
struct Answer {
  bool allowed = false;
  uint16_t status = 0;    // of a refusal
  std::string policy;     // of a refusal, where a policy made it
  std::string statement;  // "file:line"
  auto operator<=>(const Answer&) const = default;
};

struct Change {
  uint64_t count = 0;
  uint64_t unmeasured = 0;  // of those: records that do not tell what was used
  int64_t tokens = 0, usd = 0;
  Examples examples;
};

struct Counted {
  uint64_t count = 0;
  Examples examples;
  Counted& operator+=(const Counted& other);
};

struct Limit {
  uint64_t refused = 0;
  int64_t first = 0, last = 0;
  BoundedCounts<uint64_t> keys;
  Examples examples;
};

struct Shift {
  uint64_t count = 0;
  int64_t tokens = 0, usd_from = 0, usd_to = 0;
  Examples examples;
};

// Of what has one team, model or endpoint.
struct Share {
  uint64_t records = 0, changed = 0, newly_denied = 0, newly_allowed = 0, undetermined = 0;
  int64_t tokens = 0, usd = 0;  // of changed records
  Share& operator+=(const Share& other);
  bool operator==(const Share&) const = default;
};

struct StatementName {
  std::string statement;  // "file:line"
  std::string policy, effect;
  auto operator<=>(const StatementName&) const = default;
};

// In how many records it fired.
struct Exercise {
  uint64_t fired = 0;
  bool shadow = false;
};

struct RedactionName {
  std::string policy, detector;
  bool of_answer = false;
  auto operator<=>(const RedactionName&) const = default;
};

struct Side {
  std::string name;     // the policies' paths; empty: what the records tell
  std::string version;  // of the policies
  bool operator==(const Side&) const = default;
};

struct Report {
  Side from, to;
  std::vector<std::string> logs;
  // Of a part of the records: `of` parts, `shards` those that are in here; none: all of it.
  uint32_t of = 0;
  std::set<uint32_t> shards;

  uint64_t records = 0;  // of requests: same + changed + undetermined
  uint64_t same = 0, changed = 0, undetermined = 0;
  uint64_t newly_denied = 0, newly_allowed = 0;
  uint64_t unreadable = 0;
  uint64_t other = 0;           // records of audit logs that are not of requests
  uint64_t late = 0;            // came too late to be put in order
  uint64_t estimated = 0;       // allowed now, with no record of what they would have used
  int64_t first = 0, last = 0;  // arrivals; 0: none is known

  std::map<std::pair<Answer, Answer>, Change> changes;
  std::map<std::string, Counted> missing;          // by field
  BoundedCounts<Counted> reasons;                  // of unreadable lines
  std::map<std::string, BoundedCounts<Share>> by;  // "team", "model", "endpoint"
  Timeline timeline;
  std::map<std::pair<bool, StatementName>, Limit> limits;             // true: of `to`
  std::map<std::pair<std::string, std::string>, Shift> routes;        // models, from and to
  std::map<RedactionName, std::pair<uint64_t, uint64_t>> redactions;  // records: from, to
  std::map<StatementName, Exercise> statements;                       // of `to`

  // Adds another part of the same replay.
  void merge(const Report& other);
};

// "allow", "deny 403".
std::string text_of(const Answer& answer);

}  // namespace aipol::replay
