#include <doctest.h>

#include <string>

#include "cli/commands/name_glob.h"

using aipol::cli::name_matches;

TEST_CASE("globs over names") {
  CHECK(name_matches("abc", "abc"));
  CHECK(!name_matches("abc", "ab"));
  CHECK(!name_matches("ab", "abc"));
  CHECK(name_matches("abc", "*"));
  CHECK(name_matches("", "*"));
  CHECK(name_matches("", ""));
  CHECK(!name_matches("a", ""));
  CHECK(name_matches("a/b c", "a*c"));
  CHECK(name_matches("abab", "*ab"));
  CHECK(name_matches("the risk model [row 2]", "*[row ?]"));
  CHECK(!name_matches("the risk model [row 12]", "*[row ?]"));
  CHECK(name_matches("é", "?"));
  CHECK(!name_matches("éa", "?"));
  CHECK(name_matches("abc", "a***c"));
}

TEST_CASE("globs over names cost little") {
  std::string name(20'000, 'a');
  CHECK(!name_matches(name, "*a*a*a*a*a*a*a*a*a*a*a*a*b"));
}
