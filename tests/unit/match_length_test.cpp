#include "stdlib/native/match_length.h"

#include <doctest.h>
#include <re2/re2.h>

#include <random>
#include <string>
#include <vector>

#include "base/text.h"

namespace aipol::native {

namespace {

using Random = std::mt19937_64;

uint32_t below(Random& random, uint32_t bound) { return static_cast<uint32_t>(random() % bound); }

bool accepted(const std::string& pattern) {
  RE2::Options options(RE2::Quiet);
  return RE2(pattern, options).ok();
}

std::string utf8(uint32_t code_point) {
  std::string text;
  append_utf8(text, code_point);
  return text;
}

// A pattern and a text that it matches, made together.
struct Example {
  std::string pattern, text;
};

Example one_of_class(Random& random) {
  static const Example examples[] = {{"[a-z0-9]", "q"},
                                     {"[^a]", "\U0001F600"},
                                     {".", "€"},
                                     {"\\d", "7"},
                                     {"\\W", "\U0001F600"},
                                     {"[[:alpha:]_]", "_"},
                                     {"\\pL", "ü"},
                                     {"\\p{Greek}", "Ω"},
                                     {"[\\x{100}-\\x{FFFF}a]", "ﬀ"},
                                     {"[]k-]", "]"},
                                     {"(?i)k", "\u212A"},
                                     {"(?i:s)", "ſ"},
                                     {"(?i)[r-t]", "ſ"},
                                     {"(?i)\\w", "\u212A"},
                                     {"(?i)ß", "ẞ"},
                                     {"[^\\S\\n]", " "},
                                     {"\\Qa*\\E", "a*"},
                                     {"\\x{1F600}", "\U0001F600"},
                                     {"\\x41", "A"},
                                     {"\\101", "A"},
                                     {"\\t", "\t"},
                                     {"\\.", "."},
                                     {"(?i)[[:lower:]]", "\u212A"},
                                     {"\\C", "x"}};
  return examples[below(random, std::size(examples))];
}

Example example(Random& random, int depth) {
  if (depth == 0 || below(random, 4) == 0) {
    if (below(random, 2) == 0) return one_of_class(random);
    static constexpr uint32_t letters[] = {'a', 'z', 0xE9, 0x20AC, 0x1F600};
    const std::string letter = utf8(letters[below(random, 5)]);
    return {letter, letter};
  }
  const Example first = example(random, depth - 1);
  switch (below(random, 5)) {
    case 0: {
      const Example second = example(random, depth - 1);
      return {"(?:" + first.pattern + ")(" + second.pattern + ")", first.text + second.text};
    }
    case 1: {
      const Example second = example(random, depth - 1);
      return {"(?:" + first.pattern + "|" + second.pattern + ")",
              below(random, 2) ? first.text : second.text};
    }
    case 2: {
      const uint32_t most = below(random, 4), times = below(random, most + 1);
      std::string text;
      for (uint32_t i = 0; i < times; ++i) text += first.text;
      return {"(?:" + first.pattern + "){" + std::to_string(below(random, times + 1)) + "," +
                  std::to_string(most) + "}",
              text};
    }
    case 3:
      return {"(?P<n" + std::to_string(random()) + ">" + first.pattern + ")" +
                  (below(random, 2) ? "?" : "??"),
              below(random, 2) ? first.text : ""};
    default:
      return {"\\A(?:" + first.pattern + ")$", first.text};
  }
}

// Any tokens of the syntax in a row.
std::string tokens(Random& random) {
  static constexpr std::string_view all[] = {
      "a",           "k",   "é",     "(?i)",  "(?-i)", "(?i:", "(",   ")",    "|",     "*",
      "+",           "?",   "{2}",   "{1,2}", "{,2}",  "{",    "[",   "]",    "[^a]",  "-",
      "\\Q",         "\\E", "\\b",   "^",     "$",     ".",    "\\d", "\\pN", "\\141", "\\1",
      "[[:alpha:]]", "(?:", "\\x6b", "(?U)",  "[k-s]", "[]a]", "\\w", ","};
  std::string pattern;
  for (uint32_t i = 1 + below(random, 7); i > 0; --i) pattern += all[below(random, std::size(all))];
  return pattern;
}

std::vector<std::string> texts_of_a_few_letters() {
  static constexpr std::string_view letters[] = {"a", "k", "\u212A", "é", "{", "0"};
  std::vector<std::string> texts{""};
  for (size_t from = 0; texts.size() < 1500;) {
    for (const size_t end = texts.size(); from < end; ++from)
      for (std::string_view letter : letters) texts.push_back(texts[from] + std::string(letter));
  }
  return texts;
}

// Whether it matches no text longer than that, among those of a few letters.
bool none_longer(const RE2& re, uint64_t longest, uint64_t shortest) {
  static const std::vector<std::string> texts = texts_of_a_few_letters();
  return std::ranges::all_of(texts, [&](const std::string& text) {
    return (text.size() <= longest && text.size() >= shortest) || !RE2::FullMatch(text, re);
  });
}

}  // namespace

TEST_CASE("the length of a pattern's matches") {
  auto bound = [](std::string_view pattern) { return match_length(pattern); };
  CHECK(bound("abc") == MatchLength{3, 3});
  CHECK(bound("a|bcd|") == MatchLength{0, 3});
  CHECK(bound("[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\\.[A-Za-z]{2,24}") ==
        MatchLength{6, 280});
  CHECK(bound("\\b(?:\\d[ -]?){13,19}\\b") == MatchLength{13, 38});
  CHECK(bound("(?i)key\\s{0,5}=") == MatchLength{4, 11});
  CHECK(bound("€{2}.") == MatchLength{7, 10});
  CHECK(bound("^$") == MatchLength{0, 0});
  for (const char* pattern : {"a*", "a+b", "(ab{2,})", "[a-z]+?", ".*", "(a{1000}){1,}"})
    CHECK_FALSE(bound(pattern).longest);
  CHECK(bound("(?:a{0}){5}") == MatchLength{0, 0});
  for (const char* pattern :
       {"(", "[a", "\\", "\\y", "(?x)a", "a)", "\xFF", "(?P=n)", "a(?i)*", "a\\Q\\E*"})
    CHECK(bound(pattern) == MatchLength{0, std::nullopt});
  std::string deep(3000, '(');
  CHECK_FALSE(bound(deep + "a" + std::string(3000, ')')).longest);
}

TEST_CASE("no match is longer than the bound") {
  Random random(7);
  int accepted_ones = 0;
  for (int i = 0; i < 30'000; ++i) {
    const auto [pattern, text] = example(random, 4);
    RE2::Options options(RE2::Quiet);
    const RE2 re(pattern, options);
    if (!re.ok() || !RE2::FullMatch(text, re)) continue;
    ++accepted_ones;
    const MatchLength length = match_length(pattern);
    const bool within =
        length.longest && text.size() <= *length.longest && text.size() >= length.shortest;
    CHECK_MESSAGE(within, pattern << " on " << text);
  }
  CHECK(accepted_ones > 20'000);
}

TEST_CASE("whatever RE2 accepts is read as RE2 reads it, or not at all") {
  Random random(11);
  int bounded = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string pattern = tokens(random);
    if (!accepted(pattern)) continue;
    const MatchLength length = match_length(pattern);
    if (!length.longest && length.shortest == 0) continue;
    if (++bounded % 20 != 0 && length.longest.value_or(0) > 4) continue;
    CHECK_MESSAGE(none_longer(RE2(pattern), length.longest.value_or(~0ull), length.shortest),
                  pattern);
  }
  CHECK(bounded > 2'000);
}

}  // namespace aipol::native
