// Adds up what the two sides say of records. One thread's; what several have is added up by
// Report::merge.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "replay/record.h"
#include "replay/report.h"
#include "replay/verdict.h"
#include "replay/world.h"

namespace aipol::replay {

class Tally {
 public:
  // `from` is null where the records tell what was decided. `team` is the attribute of the
  // principal that says whose a record is. `changes` may be null: Options::changes. All must
  // outlive the tally.
  using Tell = std::function<void(std::string_view lines)>;
  Tally(const PolicySet* from, const PolicySet& to, const std::string& team,
        const std::vector<std::string>& logs, const Tell& changes);

  // What a record's call was, as policies saw it: the record's own may be gone.
  struct Asked {
    const context::Call& call;
    std::string_view target;  // as on the wire
  };
  // `from` is null where the record tells what was decided.
  void add(const Record& record, const Asked& asked, const Verdict* from, const Verdict& to);
  // Statements of `to` that fired once more.
  void add_fired(const std::vector<uint32_t>& statements) {
    for (uint32_t statement : statements) ++fired_[statement];
  }
  void add_unreadable(const std::string& reason, uint32_t file, uint64_t line);
  void add_other(uint64_t count) { report_.other += count; }
  void add_late() { ++report_.late; }

  // All of it, once.
  Report take();

 private:
  // What a side says; the texts are the plan's or the record's.
  struct Said {
    bool allowed = false;
    uint16_t status = 0;
    std::string_view policy;
    std::string_view target;
    bool target_known = false;
    const Verdict* verdict = nullptr;  // null: of the record
    const PolicySet* set = nullptr;
  };
  struct Measured {
    int64_t tokens = 0, usd = 0;
    bool known = false;
  };
  enum class How : uint8_t { same, changed, undetermined };

  static Said said(const Verdict& verdict, const PolicySet& set);
  static Said said(const Recorded& recorded);
  static Answer answer(const Said& said, const Record& record);
  static Measured measured(const Record& record, const Said& from, const Said& to);

  How compare(const Record& record, const Said& from, const Said& to, const Measured& measured);
  std::set<std::string> missing_of(const Record& record, const Said& from, const Said& to) const;
  static bool shifts(const Said& from, const Said& to);
  void tell_change(const Record& record, const Asked& asked, How how, const Said& from,
                   const Said& to, const Measured& measured);
  void add_shares(const Asked& asked, How how, const Said& from, const Said& to,
                  const Measured& measured);
  void add_time(const Record& record, How how, const Said& from, const Said& to);
  void add_limits(const Record& record, const Said& said, bool to);
  void add_route(const Record& record, const Said& from, const Said& to, const Measured& measured);
  void add_redactions(const Said& said, bool to);
  void add_example(const Record& record, Examples& examples) const {
    examples.add(logs_[record.file], record.line);
  }
  size_t endpoint_of(const std::string& path);

  const PolicySet* from_;
  const PolicySet& to_;
  context::AttributeName team_;
  const std::vector<std::string>& logs_;
  const Tell& changes_;
  std::string lines_;  // that are not told yet
  Report report_;
  std::vector<uint64_t> fired_;   // by statement of `to_`
  std::vector<Share> models_;     // by model of `to_`, then what is none of them
  std::vector<Share> endpoints_;  // by endpoint of `to_`, then what belongs to none
  BoundedCounts<Share>* teams_;   // in the report
  std::unordered_map<std::string, size_t> endpoints_of_;  // by path, some
};

}  // namespace aipol::replay
