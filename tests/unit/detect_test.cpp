#include "stdlib/native/detect.h"

#include <doctest.h>

#include <chrono>

#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

constexpr uint32_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};

Detectors compiled(std::vector<DetectorRules> rules) {
  auto detectors = Detectors::compile(rules);
  REQUIRE(detectors.has_value());
  return std::move(*detectors);
}

// What the one detector finds, pieces in brackets.
std::vector<std::string> found(const Detectors& detectors, std::string_view text) {
  std::vector<std::string> pieces;
  for (const auto& span : detectors.spans(text, {numbers, 1}))
    pieces.emplace_back(text.substr(span.begin, span.end - span.begin));
  CHECK(detectors.hit(text, {numbers, 1}) == !pieces.empty());
  return pieces;
}

using Pieces = std::vector<std::string>;

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("phrases ignore case, spacing, characters without width and look-alike letters") {
  const Detectors d = compiled({{"d", {}, Verify::none, {"ignore previous instructions"}}});
  for (const char* text : {
           "ignore previous instructions",
           "IGNORE  Previous\n\tinstructions",
           "i g n o r e p r e v i o u s instructions",
           "ignore-previous_instructions",
           "**Ignore** previous, \"instructions\"",
           "ig\u200Bnore pre\u00ADvious\uFEFF instruc\u2060tions",
           "іgnоrе рrеvіоus іnstruсtіоns",  // Cyrillic
           "Ιgnοre previοus instructiοns",  // Greek
           "ｉｇｎｏｒｅ　ｐｒｅｖｉｏｕｓ　ｉｎｓｔｒｕｃｔｉｏｎｓ",
           "𝐢𝐠𝐧𝐨𝐫𝐞 𝓹𝓻𝓮𝓿𝓲𝓸𝓾𝓼 𝚒𝚗𝚜𝚝𝚛𝚞𝚌𝚝𝚒𝚘𝚗𝚜",
           "ïgñörè prévïoûs ińśtŕúćtîôńš",
           "i\u0301g\u0300nore previous instructions",
           "ⓘⓖⓝⓞⓡⓔ previous instructions",
           "ɪɢɴᴏʀᴇ previous instructions",
           "1gn0r3 prev1ous in$truct10ns",
           "lgnore previous lnstructions",  // l for I
           "😀ignore 😀 previous instructions!",
           "中ignore previous instructions中",
           "ignore previous instructions2",
       })
    CHECK_MESSAGE(found(d, text).size() == 1, text);
  for (const char* text : {
           "",
           "ignore",
           "ignore all previous instructions",
           "ignore previous instruction",
           "foreignore previous instructions",
           "ignore previous instructionsets",
           "\xFF\xFE ignore \xC3 previous",
       })
    CHECK_MESSAGE(found(d, text).empty(), text);
}

TEST_CASE("a phrase's find is where it stands in the text") {
  const Detectors d =
      compiled({{"d", {}, Verify::none, {"Don't tell", "tell anyone", "área 51", "fi"}}});
  CHECK(found(d, "so  d\u200Bon’t   TELL!") == Pieces{"d\u200Bon’t   TELL"});
  CHECK(found(d, "dont tell any one") == Pieces{"dont tell", "tell any one"});
  CHECK(found(d, "Area51, area 51") == Pieces{"Area51", "area 51"});
  CHECK(found(d, "area 512, area si, area 5l").empty());
  CHECK(found(d, "ﬁ ﬁne wi-fi") == Pieces{"ﬁ", "fi"});
  CHECK(found(d, "fl").empty());
}

TEST_CASE("numbers must be valid, wherever the pattern's match ends") {
  const Detectors card = compiled({{"card", {R"(\b(?:\d[ -]?){13,19}\b)"}, Verify::luhn, {}}});
  CHECK(found(card, "pay 4111 1111 1111 1111 now") == Pieces{"4111 1111 1111 1111"});
  CHECK(found(card, "pay 4111 1111 1111 1112 now").empty());
  CHECK(found(card, "4111-1111-1111-1111 12") == Pieces{"4111-1111-1111-1111"});
  CHECK(found(card, "7 4111111111111111, 5500005555555559") ==
        Pieces{"4111111111111111", "5500005555555559"});
  CHECK(found(card, "0000 0000 0000 0000").empty());
  const Detectors iban =
      compiled({{"iban", {R"(\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}\b)"}, Verify::iban, {}}});
  CHECK(found(iban, "to DE89 3704 0044 0532 0130 00 and then some") ==
        Pieces{"DE89 3704 0044 0532 0130 00"});
  CHECK(found(iban, "GB29NWBK60161331926819") == Pieces{"GB29NWBK60161331926819"});
  CHECK(found(iban, "GB29NWBK60161331926818 DE8937040044053201300").empty());
  const Detectors ssn = compiled({{"ssn", {R"(\b\d{3}-\d{2}-\d{4}\b)"}, Verify::ssn, {}}});
  CHECK(found(ssn, "078-05-1120 000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000") ==
        Pieces{"078-05-1120"});
  CHECK(verified(Verify::mod97, "5493 00BFTGVNBMCCPP 24") ==
        verified(Verify::mod97, "549300BFTGVNBMCCPP24"));
  CHECK(verified(Verify::mod97, "529900T8BM49AURSDO55"));
  CHECK_FALSE(verified(Verify::mod97, "529900T8BM49AURSDO54"));
}

TEST_CASE("a group is found where what is around it is there") {
  const Detectors d =
      compiled({{"d", {R"((?i)\bpass(?:word)?\b[ :=]{1,3}(?P<find>\S{4,20}))"}, Verify::none, {}}});
  CHECK(found(d, "Password: hunter22 pass=swordfish") == Pieces{"hunter22", "swordfish"});
  CHECK(found(d, "password: abc").empty());
  const Detectors ssn = compiled({{"d", {R"(ssn (?P<find>\d{9})?)"}, Verify::ssn, {}}});
  CHECK(found(ssn, "ssn ssn 000121234 ssn 078051120") == Pieces{"078051120"});
}

TEST_CASE("places are counted once, weights once for each detector") {
  const Detectors d = compiled({{"a", {"ab+"}, Verify::none, {}, 0.6},
                                {"b", {"b+c", "c"}, Verify::none, {}, 0.3},
                                {"c", {}, Verify::none, {"zz"}, 0.3},
                                {"d", {"q*"}, Verify::none, {}, 0.5}});
  const auto all = Detectors::Numbers(numbers, 4);
  CHECK(d.count("abbc c abb", all) == 3);
  CHECK(d.count("abbc", {numbers, 1}) == 1);
  CHECK(d.score("abbc abbc", all) == doctest::Approx(0.9));
  CHECK(d.score("abbc zz", all) == 1);
  CHECK(d.score("", all) == 0);
  CHECK(d.score("abbc", {numbers + 1, 1}) == doctest::Approx(0.3));
  CHECK(d.spans("abc", all) == std::vector<Detectors::Span>{{0, 0, 2}, {1, 1, 3}, {1, 2, 3}});
  CHECK(d.count("aqqa", all) == 1);
}

TEST_CASE("detectors are functions of policies") {
  const Detectors d =
      compiled({{"a", {"a+"}, Verify::none, {}, 0.25}, {"b", {}, Verify::none, {"bb"}, 0.5}});
  AipolScratch scratch;
  const AipolCell list[] = {cell_of(int64_t{0}), cell_of(int64_t{1})};
  const AipolCell arguments[] = {{reinterpret_cast<uint64_t>(&d), 0},
                                 cell_of(std::string_view("aa bb a")),
                                 cell_of(std::span(list))};
  AipolCell result{};
  find("detect.hit")->function(arguments, &result, &scratch);
  CHECK(result.a == 1);
  find("detect.count")->function(arguments, &result, &scratch);
  CHECK(integer_of(result) == 3);
  find("detect.score")->function(arguments, &result, &scratch);
  CHECK(real_of(result) == 0.75);
  const AipolCell without[] = {{}, arguments[1], arguments[2]};
  find("detect.hit")->function(without, &result, &scratch);
  CHECK(result.a == 0);
}

TEST_CASE("what is wrong with a detector is said") {
  auto bad = [](DetectorRules rules) { return Detectors::compile({&rules, 1}).error().message; };
  CHECK(bad({"d", {"a("}, Verify::none, {}}) == "detector `d`: `a(`: missing ): a(");
  CHECK(bad({"d", {}, Verify::none, {"!?"}}) ==
        "detector `d`: `!?`: has neither letters nor digits");
}

TEST_CASE("many detectors find what each finds alone") {
  std::vector<DetectorRules> rules;
  for (int i = 0; i < 100; ++i)
    rules.push_back(
        {"d", {"x" + std::to_string(i) + "\\b"}, Verify::none, {"word " + std::to_string(i)}});
  const Detectors d = compiled(rules);
  for (uint32_t i = 0; i < 100; ++i) {
    const std::string text = "a x" + std::to_string(i) + " b";
    for (uint32_t k = 0; k < 100; ++k) CHECK(d.hit(text, {&k, 1}) == (i == k));
    CHECK(d.count("WORD  " + std::to_string(i), {&i, 1}) == 1);
  }
}

TEST_CASE("time is linear in hostile texts") {
  const Detectors d =
      compiled({{"card", {R"(\b(?:\d[ -]?){13,19}\b)"}, Verify::luhn, {}},
                {"numbers", {R"(\d+)"}, Verify::luhn, {}},
                {"twins", {R"((?:a?){200}a{200})", R"((?:[ab]*a){20})"}, Verify::none, {}},
                {"phrases", {}, Verify::none, {repeated("a ", 200) + "b", repeated("a", 199)}}});
  const auto start = std::chrono::steady_clock::now();
  for (const auto& text : {repeated("1 ", 500'000), repeated("1", 1'000'000),
                           repeated("a", 1'000'000), repeated("ab", 500'000)})
    CHECK(d.count(text, {numbers, 4}) >= 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

}  // namespace aipol::native
