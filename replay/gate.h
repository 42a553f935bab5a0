// What a change of policies may do to recorded traffic: `newly-denied>0.1%`, `newly-allowed>0`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "replay/report.h"

namespace aipol::replay {

class Gate {
 public:
  // MEASURE>NUMBER or MEASURE>NUMBER%: a percentage is of all records, and for `unreadable` of all
  // lines. MEASURE alone is MEASURE>0.
  static Result<Gate> parse(std::string_view text);
  static std::vector<std::string_view> measures();

  bool fails(const Report& report) const;
  const std::string& text() const { return text_; }
  // What it measured: "12 of 1000 (1.2%)".
  std::string measured(const Report& report) const;

 private:
  struct Measure {
    std::string_view name;
    uint64_t (*of)(const Report&);
    uint64_t (*among)(const Report&);
  };
  static const Measure all[];

  std::string text_;
  const Measure* measure_ = nullptr;
  double bound_ = 0;
  bool percent_ = false;
};

bool any_fails(const std::vector<Gate>& gates, const Report& report);

}  // namespace aipol::replay
