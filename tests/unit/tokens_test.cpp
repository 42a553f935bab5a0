#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "base/token_estimate.h"
#include "base/valid_utf8.h"
#include "runtime/tokens/chat.h"
#include "runtime/tokens/counter.h"
#include "runtime/tokens/data_folder.h"
#include "tests/support/random_text.h"
#include "tests/support/reference_tokens.h"
#include "tests/support/scratch_folder.h"

namespace aipol::tokens {

namespace {

using Tokens = std::vector<Token>;
using Pointer = std::shared_ptr<const Tokenizer>;

Pointer load(const std::string& name) {
  Result<Pointer> loaded = Tokenizer::load(name, data_folder(name + ".tokens"));
  REQUIRE_MESSAGE(loaded.has_value(), loaded.error().message);
  return *loaded;
}

Pointer o200k() {
  static const Pointer loaded = load("o200k");
  return loaded;
}

Pointer cl100k() {
  static const Pointer loaded = load("cl100k");
  return loaded;
}

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

// As npm's tiktoken 1.0.22 encodes them (`encode_ordinary`).
TEST_CASE("texts are encoded as tiktoken does") {
  struct Known {
    std::string text;
    Tokens o200k, cl100k;
  };
  const Known texts[] = {
      {"", {}, {}},
      {"hello world", {24912, 2375}, {15339, 1917}},
      {"Hello, World!", {13225, 11, 5922, 0}, {9906, 11, 4435, 0}},
      {"I'll say they'RE don'\u017f",
       {67504, 2891, 1023, 6, 1099, 1700, 6, 70067},
       {40, 3358, 2019, 814, 95253, 1541, 6, 129, 123}},
      {"12345678 \u00bd\u2167",
       {7633, 19354, 4388, 220, 27124, 25371, 100},
       {4513, 10961, 2495, 220, 27154, 71567, 100}},
      {"  leading\n\n  and trailing  \n",
       {220, 8117, 279, 220, 326, 57985, 4066},
       {220, 6522, 271, 220, 323, 28848, 2355}},
      {"今天天气很好。",
       {10941, 1487, 25896, 148483, 788},
       {37271, 36827, 36827, 30320, 242, 17599, 230, 53901, 1811}},
      {"ÀÉÎõü naïve",
       {18724, 5859, 15774, 1178, 572, 153475, 737},
       {73053, 27887, 72907, 11399, 2448, 95980, 588}},
      {"<|endoftext|>", {27, 91, 419, 1440, 919, 91, 29}, {27, 91, 8862, 728, 428, 91, 29}},
      {"camelCaseHTTPServer", {178067, 6187, 17893, 6444}, {94421, 4301, 9412, 5592}},
      {"a/b//\n/c", {64, 7611, 22704, 14, 66}, {64, 3554, 2341, 2971}},
      {"e\u0301\u0301x", {68, 13430, 13430, 87}, {68, 54939, 54939, 87}},
      {"\u0301ABC", {13430, 44197}, {54939, 26484}},
      {"中AAAb", {1404, 8857, 4292}, {16325, 6157, 5953}},
      {"\ufffd", {3251}, {5809}},
      {"مرحبا بالعالم",
       {158894, 26537, 101462, 12773},
       {10386, 11318, 30925, 22071, 5821, 28946, 32482, 24102, 32482, 10386}},
      {"{\"id\": 1, \"ok\": true}\n\t\t}",
       {10848, 315, 1243, 220, 16, 11, 392, 525, 1243, 1343, 739, 197, 197, 92},
       {5018, 307, 794, 220, 16, 11, 330, 564, 794, 837, 534, 197, 197, 92}},
  };
  for (const Known& known : texts) {
    CAPTURE(known.text);
    CHECK(o200k()->encode(known.text) == known.o200k);
    CHECK(cl100k()->encode(known.text) == known.cl100k);
    CHECK(o200k()->count(known.text) == known.o200k.size());
    CHECK(cl100k()->count(known.text) == known.cl100k.size());
  }
}

TEST_CASE("random texts are encoded as by plain merging") {
  for (const Pointer& tokenizer : {o200k(), cl100k()}) {
    const testing::ReferenceTokens reference(*tokenizer);
    testing::RandomText random(1);
    for (int i = 0; i < 1000; ++i) {
      const std::string text = random(random.below(40));
      CAPTURE(text);
      const Tokens expected = reference.encode(text);
      REQUIRE(tokenizer->encode(text) == expected);
      REQUIRE(tokenizer->count(text) == expected.size());
    }
  }
}

TEST_CASE("what is not UTF-8 counts as U+FFFD") {
  for (const auto& [bytes, text] : {std::pair<std::string, std::string>{"a\xff z", "a\ufffd z"},
                                    {"\xe4\xb8", "\ufffd\ufffd"},
                                    {"\xed\xa0\x80x", "\ufffd\ufffd\ufffdx"},
                                    {"\xc0\xaf", "\ufffd\ufffd"}}) {
    CHECK(o200k()->encode(bytes) == o200k()->encode(text));
    CHECK(o200k()->count(bytes) == o200k()->count(text));
    Counter counter(o200k());
    for (char byte : bytes) counter.push({&byte, 1});
    CHECK(counter.tokens() == o200k()->count(text));
  }
}

TEST_CASE("a text without boundaries is counted, whatever its length") {
  CHECK(o200k()->count(repeated("a", 2'000'000)) == 250'000);
  CHECK(cl100k()->count(repeated("a", 2'000'000)) == 250'000);
  const std::string hostile = repeated("中AAAAAAA", 100'000);
  const std::string spaces = repeated(" ", 1'000'000) + "x";
  for (const Pointer& tokenizer : {o200k(), cl100k()}) {
    CHECK(tokenizer->count(hostile) == tokenizer->encode(hostile).size());
    CHECK(tokenizer->count(spaces) == tokenizer->encode(spaces).size());
  }
}

TEST_CASE("a growing text has the tokens of the whole") {
  for (const Pointer& tokenizer : {o200k(), cl100k()}) {
    testing::RandomText random(2);
    for (int i = 0; i < 500; ++i) {
      const std::string text = random(random.below(300));
      Counter counter(tokenizer);
      std::string so_far;
      for (size_t at = 0, bytes; at < text.size(); at += bytes) {
        bytes = 1 + random.below(9);
        counter.push(std::string_view(text).substr(at, bytes));
        so_far += text.substr(at, bytes);
        if (random.below(8) == 0) REQUIRE(counter.tokens() == tokenizer->count(so_far));
      }
      CAPTURE(text);
      REQUIRE(counter.tokens() == tokenizer->count(text));
      REQUIRE(counter.about() == counter.tokens());
    }
  }
}

TEST_CASE("of a long piece that grows the count is nearly known at any time") {
  testing::RandomText random(3);
  Counter counter(o200k());
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    std::string piece;
    for (int k = 0; k < 10; ++k) piece += static_cast<char>('a' + random.below(26));
    counter.push(piece);
    text += piece;
    if (i % 100 != 0) continue;
    const double exact = double(o200k()->count(text));
    CHECK(double(counter.about()) == doctest::Approx(exact).epsilon(0.02));
  }
  CHECK(counter.tokens() == o200k()->count(text));
}

TEST_CASE("without a tokenizer tokens are estimated by one rule") {
  CHECK(estimated_tokens("") == 0);
  CHECK(estimated_tokens("a") == 1);
  CHECK(estimated_tokens("eightbyt") == 2);
  CHECK(estimated_tokens("eightbyte") == 3);
  CHECK(estimated_tokens("今天天气很好。") == 7);
  CHECK(estimated_tokens("한국어") == 3);
  CHECK(estimated_tokens("Привет") == 3);
  CHECK(estimated_tokens("\U0001f600") == 2);
  Counter counter(nullptr);
  for (char byte : std::string("ab今天")) counter.push({&byte, 1});
  CHECK(counter.tokens() == 3);
}

// The example of "How to count tokens with tiktoken" in the OpenAI cookbook, where the providers'
// own count is 124 for gpt-4o and 129 for gpt-4.
TEST_CASE("chats have the framing that OpenAI documents") {
  const ChatMessage messages[] = {
      {"system",
       "You are a helpful, pattern-following assistant that translates corporate jargon into plain "
       "English.",
       ""},
      {"system", "New synergies will help drive top-line growth.", "example_user"},
      {"system", "Things working well together will increase revenue.", "example_assistant"},
      {"system",
       "Let's circle back when we have more bandwidth to touch base on opportunities for increased "
       "leverage.",
       "example_user"},
      {"system", "Let's talk later when we're less busy about how to do better.",
       "example_assistant"},
      {"user",
       "This late pivot means we don't have time to boil the ocean for the client deliverable.",
       ""}};
  CHECK(count_chat(o200k().get(), {.messages = messages}) == 124);
  CHECK(count_chat(cl100k().get(), {.messages = messages}) == 129);
  CHECK(count_chat(o200k().get(), {.messages = messages, .images = 2}) == 124 + 2 * 765);
  CHECK(count_chat(o200k().get(), {.messages = messages, .tools = "hello world"}) == 126);
  const ChatMessage one[] = {{"user", "eightbytes", ""}, {"user", "and", ""}};
  CHECK(count_chat(nullptr, {.messages = one}) == 4);
}

TEST_CASE("a file of tokens that can not be used is refused, with the way to mend it") {
  testing::ScratchFolder folder;
  const auto error = [&] {
    Result<Pointer> loaded = Tokenizer::load("cl100k", folder.path());
    return loaded ? "loaded" : loaded.error().message;
  };
  const auto says = [&](std::string_view what) {
    const std::string text = error();
    CAPTURE(text);
    CHECK(text.find(what) != text.npos);
    CHECK(text.find("`./dev setup`") != text.npos);
  };
  says("is missing");
  folder.write("cl100k.tokens", "short");
  says("is no file of tokens");
  std::ifstream file(data_folder("cl100k.tokens") / "cl100k.tokens", std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  folder.write("cl100k.tokens", whole);
  CHECK(error() == "loaded");
  folder.write("cl100k.tokens", whole.substr(0, whole.size() - 64));
  says("is damaged");
  for (const auto& [place, what] : {std::pair<size_t, const char*>{0, "is no file of tokens"},
                                    {8, "another version"},
                                    {12, "is damaged"},
                                    {whole.size() / 2, "is damaged"}}) {
    std::string changed = whole;
    changed[place] ^= 1;
    folder.write("cl100k.tokens", changed);
    says(what);
  }
  CHECK(Tokenizer::load("p50k", folder.path()).error().message ==
        "there is no tokenizer `p50k`; there are o200k and cl100k");
}

}  // namespace aipol::tokens
