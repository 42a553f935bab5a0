// What changed between two versions of a text.
#include "compiler/source/changes.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/choices.h"

namespace aipol::source {

namespace {

struct Pieces {
  std::string text;
  std::vector<uint32_t> ends;

  explicit Pieces(const std::vector<std::string>& pieces, std::string_view tail = "") {
    for (const std::string& piece : pieces) {
      text += piece;
      ends.push_back(static_cast<uint32_t>(text.size()));
    }
    text += tail;
  }
  std::string_view old(size_t from, size_t to) const {
    size_t begin = from == 0 ? 0 : ends[from - 1], end = to == 0 ? 0 : ends[to - 1];
    return std::string_view(text).substr(begin, end - begin);
  }
};

// The new text as the changes say that it is made.
std::string made(const Pieces& before, const std::vector<Change>& changes, std::string_view after) {
  std::string out;
  size_t next = 0;
  for (const Change& change : changes) {
    out += before.old(next, change.first);
    CHECK(out.size() == change.begin);
    out += after.substr(change.begin, change.end - change.begin);
    next = change.first + change.count;
  }
  return out + std::string(before.old(next, before.ends.size()));
}

}  // namespace

TEST_CASE("a change is told from what is as it was") {
  Pieces before({"one ", "two ", "three "}, "end");
  CHECK(changes(before.text, before.ends, before.text).empty());
  CHECK(changes(before.text, before.ends, "one 2 three end") == std::vector<Change>{{1, 1, 4, 6}});
  CHECK(changes(before.text, before.ends, "one three end") == std::vector<Change>{{1, 1, 4, 4}});
  CHECK(changes(before.text, before.ends, "one two 2.5 three end") ==
        std::vector<Change>{{2, 0, 8, 12}});
  CHECK(changes(before.text, before.ends, "1 two 3 end") ==
        std::vector<Change>{{0, 1, 0, 2}, {2, 1, 6, 8}});
  CHECK(changes(before.text, before.ends, "one two three four") ==
        std::vector<Change>{{3, 0, 14, 18}});
  CHECK(changes("", {}, "new") == std::vector<Change>{{0, 0, 0, 3}});
}

TEST_CASE("changes and what is between them are the new text") {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    testing::Choices choices(seed);
    auto word = [&] {
      return std::string(1 + choices.below(3), static_cast<char>('a' + choices.below(3)));
    };
    std::vector<std::string> pieces(choices.below(12));
    for (std::string& piece : pieces) piece = word();
    Pieces before(pieces);
    for (uint32_t edits = choices.below(4); edits > 0; --edits) {
      auto place = pieces.begin() + choices.below(static_cast<uint32_t>(pieces.size()) + 1);
      if (choices.one_in(2) || place == pieces.end())
        pieces.insert(place, word());
      else if (choices.one_in(2))
        pieces.erase(place);
      else
        *place = word();
    }
    std::string after = Pieces(pieces).text;
    INFO("seed " << seed << ": " << before.text << " -> " << after);
    CHECK(made(before, changes(before.text, before.ends, after), after) == after);
  }
}

}  // namespace aipol::source
