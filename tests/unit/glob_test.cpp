#include "stdlib/native/glob.h"

#include <doctest.h>

#include <string>

#include "stdlib/native/path_matcher.h"
#include "tests/support/choices.h"

namespace aipol::native {

namespace {

bool matches(std::string_view glob, std::string_view text) { return Glob(glob).matches(text); }

std::vector<uint32_t> found(std::vector<std::vector<std::string>> lists, std::string_view path) {
  PathMatcher matcher(lists);
  PathMatcher::Walk walk;
  std::vector<uint32_t> result;
  matcher.match(path, walk, result);
  return result;
}

}  // namespace

TEST_CASE("a star is one or more bytes of one segment") {
  CHECK(matches("/v1/*", "/v1/a"));
  CHECK_FALSE(matches("/v1/*", "/v1/"));
  CHECK_FALSE(matches("/v1/*", "/v1/a/b"));
  CHECK(matches("/v1/*-x", "/v1/a-x"));
  CHECK_FALSE(matches("/v1/*-x", "/v1/-x"));
  CHECK(matches("a*b*c", "axbybzc"));
  CHECK_FALSE(matches("A", "a"));
  CHECK(matches("", ""));
}

TEST_CASE("two stars are any bytes, and a whole segment of them may be missing") {
  CHECK(matches("/a/**", "/a"));
  CHECK(matches("/a/**", "/a/"));
  CHECK(matches("/a/**", "/a/b/c"));
  CHECK_FALSE(matches("/a/**", "/ab"));
  CHECK(matches("/a/**/z", "/a/z"));
  CHECK(matches("/a/**/z", "/a/b/c/z"));
  CHECK_FALSE(matches("/a/**/z", "/a/bz"));
  CHECK(matches("**", ""));
  CHECK(matches("/**/**", ""));
  CHECK(matches("**a", "b/ca"));
  CHECK_FALSE(matches("/a/**b", "/ab"));
  CHECK_FALSE(matches("**/b", "b"));
}

TEST_CASE("a hostile glob takes bounded time") {
  std::string pattern, text(3000, 'a');
  for (int i = 0; i < 300; ++i) pattern += "*a**";
  CHECK_FALSE(matches(pattern + "b", text));
  std::string slashes;
  for (int i = 0; i < 50'000; ++i) slashes += "/**";
  CHECK(matches(slashes, "/a/b"));
}

TEST_CASE("a path matcher finds each list once, ascending") {
  std::vector<std::vector<std::string>> lists = {
      {"/v1/chat", "/v1/**"}, {"/v2"}, {"/*/chat", "/v1/c*t"}, {}, {"/v1/ch**"}, {"/**/chat"}, {"**"}};
  CHECK(found(lists, "/v1/chat") == std::vector<uint32_t>{1, 3, 5, 6, 7});
  CHECK(found(lists, "/v2") == std::vector<uint32_t>{2, 7});
  CHECK(found(lists, "") == std::vector<uint32_t>{7});
  CHECK(found({}, "/v1").empty());
}

TEST_CASE("a path matcher agrees with single globs") {
  constexpr std::string_view parts[] = {"/", "a", "b", "*", "**", "/**", "/a", "/*"};
  testing::Choices choices(7);
  auto make = [&](bool stars) {
    std::string text;
    for (uint32_t i = choices.below(7); i > 0; --i) {
      std::string_view part = choices.of(std::span<const std::string_view>(parts));
      if (stars || part.find('*') == part.npos) text += part;
    }
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<std::string>> lists;
    for (int i = 0; i < 8; ++i) lists.push_back({make(true), make(true)});
    PathMatcher matcher(lists);
    PathMatcher::Walk walk;
    std::vector<uint32_t> actual;
    for (int i = 0; i < 30; ++i) {
      std::string path = make(false);
      std::vector<uint32_t> expected;
      for (uint32_t k = 0; k < lists.size(); ++k) {
        if (matches(lists[k][0], path) || matches(lists[k][1], path)) expected.push_back(k + 1);
      }
      matcher.match(path, walk, actual);
      INFO("path `" << path << "` in round " << round);
      REQUIRE(actual == expected);
    }
  }
}

TEST_CASE("a path matcher holds many globs") {
  std::vector<std::vector<std::string>> lists;
  for (int i = 0; i < 10'000; ++i) lists.push_back({"/v1/team-" + std::to_string(i) + "/**"});
  CHECK(found(lists, "/v1/team-77/chat") == std::vector<uint32_t>{78});
}

}  // namespace aipol::native
