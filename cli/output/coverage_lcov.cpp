#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "cli/output/coverage.h"

namespace aipol::cli {

using testing::CoveredCondition;
using testing::CoveredPolicy;

namespace {

// What is covered of one file.
class Record {
 public:
  void add(const CoveredPolicy& policy) {
    uint64_t fired = 0;
    for (const testing::CoveredStatement& statement : policy.statements) {
      fired = std::max(fired, statement.fired);
      // Of several on a line the least tells whether the line is covered.
      auto [line, is_new] = lines_.try_emplace(statement.place.line, statement.fired);
      if (!is_new) line->second = std::min(line->second, statement.fired);
    }
    functions_ += fmt::format("FN:{},{}\nFNDA:{},{}\n", policy.policy.place.line,
                              policy.policy.name, fired, policy.policy.name);
    ++functions_found_;
    functions_hit_ += fired > 0;
    for (const CoveredCondition& condition : policy.conditions) add(condition);
  }

  std::string text(const std::string& file) const {
    std::string out = fmt::format("TN:\nSF:{}\n{}FNF:{}\nFNH:{}\n", file, functions_,
                                  functions_found_, functions_hit_);
    out += fmt::format("{}BRF:{}\nBRH:{}\n", branches_, branches_found_, branches_hit_);
    for (auto [line, count] : lines_) out += fmt::format("DA:{},{}\n", line, count);
    auto hit = std::ranges::count_if(lines_, [](const auto& line) { return line.second > 0; });
    return out + fmt::format("LF:{}\nLH:{}\nend_of_record\n", lines_.size(), hit);
  }

 private:
  void add(const CoveredCondition& condition) {
    auto [held, failed] = condition.outcomes;
    uint32_t block = blocks_[condition.place.line]++;
    bool asked = held + failed > 0;
    for (auto [branch, count] : {std::pair(0, held), std::pair(1, failed)}) {
      branches_ += fmt::format("BRDA:{},{},{},{}\n", condition.place.line, block, branch,
                               asked ? fmt::to_string(count) : "-");
      ++branches_found_;
      branches_hit_ += count > 0;
    }
  }

  std::map<uint32_t, uint64_t> lines_;
  std::map<uint32_t, uint32_t> blocks_;  // conditions of a line so far
  std::string functions_, branches_;
  size_t functions_found_ = 0, functions_hit_ = 0, branches_found_ = 0, branches_hit_ = 0;
};

}  // namespace

std::string coverage_lcov(const testing::CoverageSummary& coverage) {
  std::map<std::string, Record> files;
  for (const CoveredPolicy& policy : coverage.policies) files[policy.policy.place.file].add(policy);
  std::string out;
  for (const auto& [file, record] : files) out += record.text(file);
  return out;
}

}  // namespace aipol::cli
