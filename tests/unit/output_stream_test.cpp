#include "runtime/enforce/output_stream.h"

#include <doctest.h>

#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/offline/simulation.h"
#include "tests/support/choices.h"

namespace aipol::enforce {

namespace {

using testing::Choices;

constexpr std::string_view set = R"aipol(
provider p { kind: echo }
model "m" { provider: p }
endpoint "/all" { accepts: chat, model: "m" }
endpoint "/some" { accepts: chat, model: "m" }
detector secret { match r"\bkey-[0-9]{2,4}\b" }
detector email { match r"[a-z]{1,8}@[a-z]{1,8}\.com" weight 0.5 }
detector phrase { phrases ["open sesame"] weight 0.5 }
group hints = [email, phrase]
policy open { allow }
policy hits { on "/all" deny 502 when secret.hit(response.text) }
policy counts { on "/all" deny 502 when email.count(response.text) >= 3 }
policy scores { deny 502 when hints.score(response.text) > 0.7 }
policy words { deny 502 when response.text.contains("abab") or response.text matches r"x[yz]{2}" }
policy lengths { deny 502 when response.text.length > 40 and response.text.contains("key") }
policy begins { on "/some" deny 502 when response.text.starts_with("keke") }
policy redacts { redact response [secret, email] }
)aipol";

class Streams {
 public:
  Streams() {
    source::Files files;
    files.add("set.aipol", std::string(set));
    auto compiled = compiler::compile(std::move(files),
                                      {.last = compiler::Step::jit, .tier = compiler::Tier::fast});
    REQUIRE(compiled);
    REQUIRE_FALSE((*compiled)->failed());
    compiler::Compilation& made = **compiled;
    auto program = decision::Program::load(
        std::move(made.plan), made.layout,
        {std::move(made.native.stages), std::move(made.native.values), made.native.memory});
    REQUIRE(program);
    auto assets = load_assets((*program)->plan(), ".");
    REQUIRE(assets);
    auto simulation = offline::Simulation::make(*program, *assets, 0);
    REQUIRE(simulation);
    simulation_ = std::move(*simulation);
  }

  struct Given {
    std::string text, reason;
    std::vector<uint32_t> refusing;
    bool allowed = true;
    bool operator==(const Given&) const = default;
  };

  Given send(const std::string& path, std::vector<std::string> chunks) {
    offline::DescribedCall described;
    described.target = path;
    described.has_ai = true;
    described.call.ai.stream = !chunks.empty();
    described.reply.chunks = std::move(chunks);
    offline::Outcome outcome = simulation_->decide(described);
    return {described.call.response.text, described.call.response.finish_reason,
            outcome.decision.refusing, outcome.decision.allowed};
  }
  bool allowed_as_a_whole(const std::string& path, const std::string& text) {
    offline::DescribedCall described;
    described.target = path;
    described.call.response.text = text;
    return simulation_->decide(described).decision.allowed;
  }

 private:
  std::unique_ptr<offline::Simulation> simulation_;
};

std::string random_text(Choices& choices) {
  static const std::string pieces[] = {"key-12", "key-1", "key-",    "345",  " ", "ann@example.com",
                                       "ann@",   ".com",  "ab",      "abab", "a", "xy",
                                       "z",      "open",  " sesame", "keke", "ö", ", ",
                                       "key"};
  std::string text;
  for (size_t i = choices.below(12); i > 0; --i) text += pieces[choices.below(std::size(pieces))];
  return text;
}

std::vector<std::string> random_pieces(const std::string& text, Choices& choices) {
  std::vector<std::string> pieces;
  for (size_t at = 0; at < text.size();) {
    size_t size = 1 + choices.below(choices.one_in(3) ? text.size() : 4);
    pieces.push_back(text.substr(at, size));
    at += size;
  }
  if (pieces.empty()) pieces.emplace_back();
  return pieces;
}

}  // namespace

TEST_CASE("where a stream is cut does not depend on its pieces") {
  Streams world;
  Choices choices(7);
  size_t cut = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string path = choices.one_in(2) ? "/all" : "/some", text = random_text(choices);
    CAPTURE(path);
    CAPTURE(text);
    Streams::Given whole = world.send(path, {text});
    CHECK(whole.allowed == world.allowed_as_a_whole(path, text));
    for (int again = 0; again < 3; ++again) {
      Streams::Given pieces = world.send(path, random_pieces(text, choices));
      CHECK(pieces.allowed == whole.allowed);
      CHECK(pieces.text == whole.text);
      CHECK(pieces.refusing == whole.refusing);
    }
    cut += whole.allowed || whole.text.empty() ? 0 : 1;
  }
  CHECK(cut > 300);
}

}  // namespace aipol::enforce
