#include "stdlib/native/match_prefix.h"

#include <doctest.h>
#include <re2/re2.h>

#include <string>

namespace aipol::native {

namespace {

bool begins(const std::string& pattern, std::string_view text) {
  auto prefixes = prefixes_of(pattern);
  REQUIRE(prefixes.has_value());
  RE2 re(*prefixes, RE2::Quiet);
  REQUIRE_MESSAGE(re.ok(), *prefixes);
  return RE2::FullMatch({text.data(), text.size()}, re);
}

}  // namespace

TEST_CASE("every beginning of a match is one of the prefixes, and nothing else is") {
  const std::string email = R"(\b[a-z.]{1,64}@[a-z]{1,20}\.(?:com|org)\b)";
  const std::string whole = "ann.b@example.org";
  for (size_t i = 1; i <= whole.size(); ++i) CHECK(begins(email, whole.substr(0, i)));
  CHECK_FALSE(begins(email, "ann b"));
  CHECK_FALSE(begins(email, "@example"));
  CHECK_FALSE(begins(email, "ann@example.net"));
  CHECK(begins(email, "ann@example.c"));
}

TEST_CASE("flags, repeats, alternatives and quoted texts keep their meaning") {
  CHECK(begins("(?i)Secret-[0-9]{4}", "sEcReT-12"));
  CHECK_FALSE(begins("(?i)Secret-[0-9]{4}", "secret-x"));
  CHECK(begins("a(?i:B)c", "ab"));
  CHECK_FALSE(begins("a(?i:B)c", "A"));
  CHECK(begins("(?:ab|cd){2,3}x?", "abcdc"));
  CHECK_FALSE(begins("(?:ab|cd){2,3}x?", "abx"));
  CHECK(begins("\\Qa.b*\\E", "a."));
  CHECK_FALSE(begins("\\Qa.b*\\E", "ax"));
  CHECK(begins("x(?P<find>[0-9]{3})y", "x12"));
  CHECK(begins("a+b", "aaaa"));
}

TEST_CASE("what is not understood has no prefixes") { CHECK_FALSE(prefixes_of("(").has_value()); }

}  // namespace aipol::native
