// Sets that are compiled again after an edit mean what a compilation of the whole set says.
#include "compiler/session.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "compiler/kept_plan.h"
#include "runtime/decision/program.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/edited_policy.h"
#include "tests/support/random_policy.h"
#include "tests/support/scratch_folder.h"

namespace aipol::compiler {

namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

constexpr Wanted to_layout = {.last = Step::index, .decisions_only = true};

source::Files files_of(const Texts& texts) {
  source::Files files;
  for (const auto& [path, text] : texts) files.add(path, text);
  return files;
}

std::string rendered(const Compilation& made) {
  std::string out;
  for (const auto& one : made.diagnostics.all()) out += render(one, made.files, false);
  return out;
}

std::string bytes_of(const Compilation& made) { return plan::archived(made.plan, made.layout); }

// A session over texts, each version of which must come out as a compilation of the whole set.
class Sets {
 public:
  explicit Sets(const std::string& text) { CHECK_FALSE(spliced(text)); }

  // Whether what changed was put into the plan of the rest.
  bool spliced(const Texts& texts) {
    auto made = std::move(session_.compile(files_of(texts)).value());
    auto whole = std::move(compile(files_of(texts), to_layout).value());
    CHECK(rendered(*made) == rendered(*whole));
    CHECK(made->plan.version == whole->plan.version);
    CHECK(bytes_of(*made) == bytes_of(*whole));
    if (!made->failed()) session_.settle(made->plan, made->layout);
    return made->spliced;
  }
  bool spliced(const std::string& text) { return spliced(Texts{{"set.aipol", text}}); }

 private:
  Session session_{{}, to_layout};
};

const std::string declarations = R"(
use std.pii
provider p { kind: echo }
model "m" { provider: p }
model "n" { provider: p }
meter spent = usd per month by principal.id
detector words { match r"[a-z]{1,9}" }
)";

std::string policy(std::string_view name, std::string_view statements) {
  return fmt::format("policy {} {{\n  on \"/v1/chat/completions\"\n  {}\n}}\n", name, statements);
}

const std::string a = policy("a", "allow"), b = policy("b", "deny 429 \"b\" when request.size > 7"),
                  c = policy("c", "require request.tls else 403 f\"{principal.id} needs TLS\"");

}  // namespace

TEST_CASE("of a set in which policies changed only these are compiled") {
  Sets sets(declarations + a + b + c);
  CHECK(sets.spliced(declarations + a + policy("b", "deny 429 \"b\" when request.size > 8") + c));
  CHECK(sets.spliced(declarations + a + b + c));
  CHECK(sets.spliced(declarations + a + b + c));  // as it was
  CHECK(sets.spliced(declarations + a + policy("between", "deny when principal.mfa") + b + c));
  CHECK(sets.spliced(declarations + a + c));
  CHECK(
      sets.spliced(declarations + policy("first", "deny 401 when not principal.mfa") + a + c + b));
  CHECK(sets.spliced(declarations + "// a note\n\n" + a + c + "// at the end"));
  CHECK(sets.spliced(declarations + "/// A doc comment.\n" + policy("a", "deny\n  allow") + c + b));
  CHECK(sets.spliced(declarations + "@shadow\n" + a + "@disabled " + c + "@priority(7)\n" + b));
  CHECK(sets.spliced(declarations + "@enforce(20%)\n" + a + c + b));
}

TEST_CASE("what the whole set counts, numbers or reads is compiled with the whole set") {
  const std::string reads = policy("reads", "deny when \"seen\" in ai.tags");
  const std::string tags = policy("tags", "tag \"seen\" when request.tls");
  const std::string limits = policy("limits", "limit 3 requests per 1m by principal.id");
  const std::string finds = policy("finds", "deny when pii.card.hit(ai.prompt)");
  for (const std::string& other : {tags, limits, finds, "const more = 7\n" + a,
                                   std::string("@id(\"x\") ") + policy("x", "allow")}) {
    Sets sets(declarations + b + reads + c);
    CHECK_FALSE(sets.spliced(declarations + b + reads + other + c));
    CHECK(sets.spliced(declarations + policy("b", "allow") + reads + other + c));
    CHECK_FALSE(sets.spliced(declarations + policy("b", "allow") + reads + c));
  }
  Sets sets(declarations + tags + a);
  CHECK_FALSE(sets.spliced(declarations + tags + a + reads));
}

TEST_CASE("limits, detectors and tags of policies that stay are what they were") {
  const std::string stays =
      policy("stays", R"(limit 3 requests per 1m by principal.id
  limit spent to $5
  redact request [pii.email, words]
  tag "seen" when request.tls)") +
      "@shadow " + policy("shadows", "limit spent to $2\n limit 2 concurrent by request.ip");
  const std::string reads = policy("reads", "deny when \"seen\" in ai.tags and spent.used > $4");
  Sets sets(declarations + a + b + stays + reads);
  CHECK(sets.spliced(declarations + policy("a", "allow when request.tls\n  deny") + b + stays +
                     reads));
  CHECK(sets.spliced(declarations + b + stays + reads));
  CHECK(sets.spliced(declarations + b + stays + reads +
                     policy("z", "deny when spent.used > $3 or words.hit(ai.prompt)")));
}

TEST_CASE("names that are taken, tests that name what goes, and mistakes are reported as ever") {
  const std::string test =
      "test \"t\" { send { path: \"/v1/chat/completions\" } expect deny by b }\n";
  Sets sets(declarations + a + b + c + test);
  CHECK(sets.spliced(declarations + a + b + policy("d", "allow") + c + test));
  CHECK_FALSE(sets.spliced(declarations + a + c + test));
  CHECK_FALSE(sets.spliced(declarations + a + b + policy("a", "deny") + c + test));
  CHECK_FALSE(sets.spliced(declarations + a + b + policy("e", "deny when unknown") + c + test));
  CHECK_FALSE(sets.spliced(declarations + a + b + "policy e {\n" + c + test));
  const std::string d = policy("d", "allow"), e = policy("e", "deny when principal.mfa");
  CHECK(sets.spliced(declarations + a + b + d + e + c + test));
}

TEST_CASE("what follows a change is there as it was, or all is compiled again") {
  Sets sets(declarations + a + b + c);
  CHECK_FALSE(sets.spliced(declarations + a + "/*\n" + b + "*/\n" + c));
  CHECK(sets.spliced(declarations + a + "/* " + c + "*/"));
  CHECK(sets.spliced(declarations + a + "/// Now of c.\n" + c));
  CHECK(sets.spliced(declarations + a + "@disabled\n" + c));
  CHECK(sets.spliced(declarations + a + c));
  CHECK_FALSE(sets.spliced(declarations + a + "/* so far */ @disabled\n" + c));
  CHECK(sets.spliced(declarations + a + c));
  CHECK_FALSE(sets.spliced(declarations + a + "/* so far */ /// Now of c.\n" + c));
  Sets one_line("provider p { kind: echo }\npolicy a { allow } policy b { deny }\n");
  CHECK_FALSE(
      one_line.spliced("provider p { kind: echo }\npolicy a { allow deny } policy b { deny }\n"));
}

TEST_CASE("random edits of random sets come out as a compilation of the whole set") {
  const char* times = std::getenv("AIPOL_DIFFERENTIAL");
  const uint64_t seeds = 80 * (times == nullptr ? 1 : std::strtoull(times, nullptr, 10));
  size_t spliced = 0, good = 0;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    testing::Choices choices(seed);
    testing::EditedPolicies policies(choices);
    Session session({}, to_layout);
    std::string done;
    for (int edit = 0; edit < 10; ++edit) {
      auto made = std::move(session.compile(files_of(policies.files())).value());
      auto whole = std::move(compile(files_of(policies.files()), to_layout).value());
      done += policies.last() + "; ";
      INFO("seed " << seed << ", edits: " << done);
      REQUIRE(rendered(*made) == rendered(*whole));
      REQUIRE(bytes_of(*made) == bytes_of(*whole));
      good += made->failed() ? 0 : 1;
      spliced += made->spliced ? 1 : 0;
      if (!made->failed() && !choices.one_in(10)) session.settle(made->plan, made->layout);
      policies.edit();
    }
  }
  CHECK(spliced * 4 > good);
}

namespace {

struct Decided {
  bool allowed = false;
  uint16_t status = 0;
  std::string message, fired;
  bool operator==(const Decided&) const = default;
};

std::shared_ptr<const decision::Program> loaded(Compilation& made) {
  return decision::Program::load(std::move(made.plan), made.layout,
                                 {made.native.stages, made.native.values, made.native.memory})
      .value();
}

Decided decide(const std::shared_ptr<const decision::Program>& program, const std::string& record) {
  auto call = offline::read_call(record, program->plan()).value();
  auto assets =
      enforce::load_assets(program->plan(), std::filesystem::temp_directory_path()).value();
  auto simulation =
      offline::Simulation::make(program, std::move(assets), call.call.request.time_ns).value();
  decision::Decision decision = simulation->decide(call).decision;
  Decided out{decision.allowed, decision.status, decision.message, {}};
  for (uint32_t number : decision.fired) {
    const plan::Statement& statement = program->plan().statements[number];
    out.fired +=
        fmt::format("{}:{} rank {}\n", statement.place.file, statement.place.line, statement.rank);
  }
  return out;
}

}  // namespace

TEST_CASE("a set after random edits decides as a compilation of the whole set does") {
  testing::ScratchFolder folder;
  Wanted wanted{.decisions_only = true, .tier = Tier::fast, .cache = folder.path() / "cache"};
  size_t spliced = 0;
  for (uint64_t seed = 1000; seed < 1010; ++seed) {
    testing::Choices choices(seed);
    testing::EditedPolicies policies(choices);
    Session session({}, wanted);
    for (int edit = 0; edit < 6; ++edit) {
      auto made = std::move(session.compile(files_of(policies.files())).value());
      if (!made->failed()) {
        auto whole = std::move(compile(files_of(policies.files()), {.tier = Tier::fast}).value());
        spliced += made->spliced ? 1 : 0;
        auto program = loaded(*made), expected = loaded(*whole);
        session.settle(program->plan(), made->layout);
        for (int call = 0; call < 20; ++call) {
          std::string record = testing::random_call(choices);
          INFO("seed " << seed << ", edit " << policies.last() << ", call " << record);
          REQUIRE(decide(program, record) == decide(expected, record));
        }
      }
      policies.edit();
    }
  }
  CHECK(spliced > 10);
}

TEST_CASE("a session begins with what the cache has, and fills it") {
  testing::ScratchFolder folder;
  std::string file = folder.write("set.aipol", declarations + a + b);
  Wanted wanted{.decisions_only = true, .tier = Tier::fast, .cache = folder.path() / "cache"};
  auto settled = [&](Session& session) {
    auto made = std::move(session.compile().value());
    session.settle(made->plan, made->layout);
    return made;
  };
  Session first({file}, wanted);
  CHECK_FALSE(settled(first)->trees.empty());
  folder.write("set.aipol", declarations + a + c);
  auto spliced = settled(first);
  CHECK(spliced->spliced);
  Session second({file}, wanted);
  auto kept = settled(second);
  CHECK(kept->trees.empty());
  CHECK(bytes_of(*kept) == bytes_of(*spliced));
  folder.write("set.aipol", declarations + a + b + c);
  CHECK(settled(second)->spliced);
}

TEST_CASE("without its plan given back a session compiles the whole set") {
  Session session({}, to_layout);
  auto compiled = [&](const std::string& text) {
    return std::move(session.compile(files_of({{"set.aipol", declarations + text}})).value());
  };
  auto made = compiled(a + b);
  session.settle(made->plan, made->layout);
  CHECK(compiled(a + c)->spliced);
  CHECK_FALSE(compiled(a + b + c)->spliced);
}

}  // namespace aipol::compiler
