#include "runtime/enforce/redaction.h"

#include <doctest.h>

#include <random>
#include <string>

#include "plan/detectors.h"
#include "runtime/enforce/redacting_stream.h"

namespace aipol::enforce {

namespace {

using Random = std::mt19937_64;

size_t below(Random& random, size_t bound) { return random() % bound; }

struct World {
  World() {
    plan.detectors = {
        {"pii.email", {R"(\b[a-z.]{1,16}@[a-z]{1,12}\.(?:com|org)\b)"}, {}, {}, 1, 0},
        {"pii.card", {R"(\b(?:\d[ -]?){12,18}\d\b)"}, plan::Verify::luhn, {}, 1, 0},
        {"runs", {"a{2,3}"}, {}, {}, 1, 0},
        {"codes", {"(?i)code (?P<find>[0-9]{4}(?:-[0-9]{2})?)"}, {}, {}, 1, 0},
        {"either", {"(?:öffnen|öff)"}, {}, {}, 1, 0},
        {"phrase", {}, {}, {"open sesame"}, 1, 0},
    };
    detectors.emplace(std::move(plan::compiled(plan.detectors).value()));
  }

  Redaction redaction(Random& random) const {
    std::vector<RedactionRule> rules;
    for (size_t i = 0; i < 1 + below(random, 3); ++i) {
      RedactionRule rule;
      for (uint32_t detector = 0; detector < plan.detectors.size(); ++detector) {
        if (below(random, 2) == 0) rule.detectors.push_back(detector);
      }
      rule.way = static_cast<RedactionRule::Way>(below(random, 4));
      rule.replacement = "[" + std::to_string(i) + "]";
      rule.priority = static_cast<int64_t>(below(random, 2));
      rule.policy = std::string(1, static_cast<char>('a' + below(random, 3)));
      rules.push_back(std::move(rule));
    }
    return {*detectors, plan, std::move(rules), {1, 2}};
  }

  plan::Plan plan;
  std::optional<native::Detectors> detectors;
};

// Pieces of finds, finds, and what is around them.
std::string random_text(Random& random) {
  static const std::string pieces[] = {"ann@example.com",
                                       "ann",
                                       "@",
                                       "example",
                                       ".com",
                                       ".org",
                                       " ",
                                       ", ",
                                       "a",
                                       "aa",
                                       "aaaa",
                                       "4111 1111 1111 1111",
                                       "4111",
                                       "-",
                                       "1",
                                       "code 1234",
                                       "Code 1234-56",
                                       "code ",
                                       "12",
                                       "öff",
                                       "öffnen",
                                       "ö",
                                       "nen",
                                       "open sesame",
                                       "open",
                                       "  sesame",
                                       "o p e n",
                                       "\u200B",
                                       "x",
                                       ".",
                                       "\n",
                                       "bob.b@x.org",
                                       "0000",
                                       "😀"};
  std::string text;
  for (size_t i = below(random, 24); i > 0; --i) text += pieces[below(random, std::size(pieces))];
  return text;
}

std::string in_pieces(Random& random, const Redaction& redaction, Placeholders& placeholders,
                      const std::string& text) {
  RedactingStream stream(redaction, placeholders);
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    size_t size = std::min(text.size() - at, 1 + below(random, below(random, 4) == 0 ? 12 : 3));
    out += stream.push(std::string_view(text).substr(at, size), false);
    at += size;
  }
  return out + stream.push("", true);
}

}  // namespace

TEST_CASE("a redacted stream is the redacted whole, whatever the pieces") {
  World world;
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    Redaction redaction = world.redaction(random);
    std::string text = random_text(random);
    Placeholders of_whole, of_pieces;
    std::string whole = redaction.apply(text, of_whole);
    std::string pieces = in_pieces(random, redaction, of_pieces, text);
    REQUIRE_MESSAGE(pieces == whole, text);
    REQUIRE(of_pieces.restore(pieces) == of_whole.restore(whole));
  }
}

TEST_CASE("held back is no more than a find that is not complete") {
  World world;
  Random random(11);
  RedactionRule rule;
  rule.detectors = {0};
  Redaction redaction(*world.detectors, world.plan, {rule}, {});
  constexpr size_t longest = 16 + 1 + 12 + 4;
  for (int i = 0; i < 2'000; ++i) {
    Placeholders none;
    RedactingStream stream(redaction, none);
    for (char c : random_text(random)) {
      std::ignore = stream.push({&c, 1}, false);
      REQUIRE(stream.held() <= longest);
    }
  }
  Placeholders none;
  RedactingStream stream(redaction, none);
  CHECK(stream.push("Nothing to hide! ", false) == "Nothing to hide! ");
  CHECK(stream.push("write to jo", false) == "write to ");
  CHECK(stream.push("@exam", false).empty());
  CHECK(stream.push("ple.com", false).empty());
  CHECK(stream.push(" now", false) == "[REDACTED] ");
  CHECK(stream.push(".", true) == "now.");
}

TEST_CASE("no byte of what was planted leaks, whatever the pieces") {
  World world;
  Random random(13);
  RedactionRule rule;
  rule.detectors = {0, 1, 5};
  Redaction redaction(*world.detectors, world.plan, {rule}, {});
  for (int i = 0; i < 3'000; ++i) {
    std::string secret = i % 3 == 0   ? "quite.secret@zzz.com"
                         : i % 3 == 1 ? "4111 1111 1111 1111"
                                      : "Open   SESAME";
    std::string before(below(random, 40), '.'), after(below(random, 40), '.');
    Placeholders none;
    std::string out = in_pieces(random, redaction, none, before + " " + secret + " " + after);
    CHECK(out == before + " [REDACTED] " + after);
  }
}

TEST_CASE("what stands for something is put back in a stream") {
  Placeholders placeholders;
  CHECK(placeholders.stand_in("pii.email", "a@b.com") == "<EMAIL_1>");
  CHECK(placeholders.stand_in("pii.email", "c@d.com") == "<EMAIL_2>");
  CHECK(placeholders.stand_in("pii.email", "a@b.com") == "<EMAIL_1>");
  std::string text = "<<EMAIL_1>, <EMAIL_2><EMAIL_3> <b> a < b <EMAIL";
  std::string restored = "<a@b.com, c@d.com<EMAIL_3> <b> a < b <EMAIL";
  CHECK(placeholders.restore(text) == restored);
  for (size_t size = 1; size < 12; ++size) {
    RestoringStream stream(placeholders);
    std::string out;
    for (size_t at = 0; at < text.size(); at += size)
      out += stream.push(std::string_view(text).substr(at, size), false);
    CHECK(out + stream.push("", true) == restored);
  }
}

TEST_CASE("of finds that overlap the weightiest replaces") {
  World world;
  RedactionRule low{RedactionRule::Way::text, {0}, "low", 0, "a"};
  RedactionRule high{RedactionRule::Way::text, {2}, "high", 1, "b"};
  Placeholders none;
  Redaction redaction(*world.detectors, world.plan, {low, high}, {});
  CHECK(redaction.apply("x baa@b.com y", none) == "x high y");
  Redaction same(*world.detectors, world.plan, {low, {RedactionRule::Way::mask, {2}, "", 0, "b"}},
                 {});
  CHECK(same.apply("baa@b.com aaa", none) == "low ***");
}

}  // namespace aipol::enforce
