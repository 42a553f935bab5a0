// One run of the tests of a policy set: compile, run, report.
#pragma once

#include <vector>

#include "cli/commands/test_options.h"
#include "testing/child.h"

namespace aipol::cli {

// What earlier runs of the same tests crashed at, by the tests' numbers.
struct Crashes {
  std::vector<testing::Crash::Work> certain;  // these do not run again: they are reported
  std::vector<testing::Crash::Work> perhaps;  // these ran when another may have crashed
  std::string how;

  // One test at a time from now on, so that what crashes is known.
  bool any() const { return !certain.empty() || !perhaps.empty(); }
};

// Exit status. What it is at stands on the board.
int test_set(const TestOptions& options, const Crashes& crashes, testing::Board& board);

// Writes the reports that were asked for where no test could run: that is what they say. The status
// again. Whoever reads text, or annotations of errors, has been told.
int report_not_run(const TestOptions& options, const std::string& why, int status);

// What an earlier run reported does not stand for this one.
void remove_reports(const TestOptions& options);

}  // namespace aipol::cli
