#include "runtime/enforce/answers.h"

#include <doctest.h>

#include <string>

namespace aipol::enforce {

namespace {

context::Response answer(size_t length, char letter = 'a') {
  context::Response out;
  out.text = std::string(length, letter);
  return out;
}

}  // namespace

TEST_CASE("answers are found until they are too old") {
  MemoryAnswers answers;
  CHECK(answers.find("a", 10, 0) == nullptr);
  answers.keep("a", answer(3), 5);
  CHECK(answers.find("a", 10, 14)->text == "aaa");
  CHECK(answers.find("a", 10, 15) == nullptr);
  CHECK(answers.find("a", 20, 15) != nullptr);
  CHECK(answers.find("b", 10, 5) == nullptr);
  answers.keep("a", answer(2, 'b'), 20);
  CHECK(answers.find("a", 10, 25)->text == "bb");
}

TEST_CASE("the longest unused make room, and no more is kept than there is room for") {
  constexpr size_t most = 10'000, each = 2'000;
  MemoryAnswers answers(most);
  for (const char* key : {"a", "b", "c", "d"}) answers.keep(key, answer(each - 1'000), 0);
  CHECK(answers.find("a", 1, 0) != nullptr);
  for (const char* key : {"e", "f", "g"}) answers.keep(key, answer(each - 1'000), 0);
  CHECK(answers.bytes() <= most);
  CHECK(answers.find("a", 1, 0) != nullptr);
  CHECK(answers.find("b", 1, 0) == nullptr);
  CHECK(answers.find("g", 1, 0) != nullptr);
  size_t before = answers.bytes();
  answers.keep("huge", answer(most), 0);
  CHECK(answers.find("huge", 1, 0) == nullptr);
  CHECK(answers.bytes() == before);
  answers.keep("a", answer(most), 0);  // what was kept under the key is not the answer any more
  CHECK(answers.find("a", 1, 0) == nullptr);
}

}  // namespace aipol::enforce
