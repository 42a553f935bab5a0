#include <doctest/doctest.h>

#include <chrono>

#include "cli/output/unified_diff.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/diagnostics/fixes.h"

using namespace aipol;
using diagnostics::nearest;

TEST_CASE("the nearest name is the one with the fewest edits") {
  CHECK(nearest("role", {"name", "roles", "scopes"}) == "roles");
  CHECK(nearest("rolse", {"rolls", "roles"}) == "roles");  // swapped letters are one edit
  CHECK(nearest("ROLES", {"role", "roles"}) == "roles");
  CHECK(nearest("colour", {"name", "id"}).empty());
  CHECK(nearest("x", {"y"}) == "y");
  CHECK(nearest("ab", {"ba"}) == "ba");
  CHECK(nearest("same", {"same"}).empty());  // it is not misspelt
  CHECK(nearest("dev_team_montly", {"dev_team_month", "dev_team_monthly"}) == "dev_team_monthly");
}

TEST_CASE("thousands of misspelt names among thousands cost little") {
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i)
    names.push_back(fmt::format("{:a>40}_{:05}_{:z>15}", "", i * 7919 % 100'000, ""));
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 200; ++i) nearest(fmt::format("{:a>41}{:05}_{:z>14}", "", i, "y"), names);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));  // about 0.5 s
}

TEST_CASE("what is past the kept diagnostics is counted and costs nothing") {
  diagnostics::Diagnostics all;
  std::vector<std::string> names = {"roles"};
  for (uint32_t i = 0; i < 1000; ++i) {
    auto& one = all.report({0, i, i + 1}, diagnostics::unknown_field, "role", "principal")
                    .suggest("role", names)
                    .fix({0, i, i + 1}, "x");
    CHECK(one.fixes.size() == (i < diagnostics::Diagnostics::most ? 1 : 0));
  }
  CHECK(all.all().size() == diagnostics::Diagnostics::most);
  CHECK(all.dropped() == 1000 - diagnostics::Diagnostics::most);
  CHECK(all.errors() == 1000);
}

TEST_CASE("fixes that meet are not both taken, and those of one diagnostic are") {
  source::Files files;
  files.add("a.aipol", "abcdefgh", false);
  diagnostics::Diagnostics all;
  all.report({0, 0, 1}, diagnostics::zero_divisor).fix({0, 0, 2}, "X").fix({0, 6, 8}, "Y");
  all.report({0, 1, 2}, diagnostics::zero_divisor).fix({0, 1, 3}, "lost").fix({0, 4, 5}, "lost");
  all.report({0, 2, 3}, diagnostics::zero_divisor).fix({0, 3, 3}, "+");
  all.report({0, 3, 4}, diagnostics::zero_divisor).fix({7, 0, 1}, "of no file");
  auto fixed = diagnostics::apply_fixes(all, files);
  REQUIRE(fixed.size() == 1);
  CHECK(fixed[0].text == "Xc+defY");
  CHECK(fixed[0].fixed == 2);
}

TEST_CASE("a diff shows changed lines with three around them") {
  CHECK(cli::unified_diff("a", "x\n", "x\n").empty());
  CHECK(cli::unified_diff("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n") ==
        "--- a\n+++ a\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(cli::unified_diff("a", "", "x\n") == "--- a\n+++ a\n@@ -0,0 +1 @@\n+x\n");
  CHECK(cli::unified_diff("a", "x\ny", "x\n") ==
        "--- a\n+++ a\n@@ -1,2 +1 @@\n x\n-y\n\\ No newline at end of file\n");
}

TEST_CASE("texts that differ everywhere are replaced whole") {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) {
    before += fmt::format("a{}\n", i);
    after += fmt::format("b{}\n", i);
  }
  std::string diff = cli::unified_diff("a", before, after);
  CHECK(diff.starts_with("--- a\n+++ a\n@@ -1,3000 +1,3000 @@\n-a0\n"));
  CHECK(diff.ends_with("+b2999\n"));
}
