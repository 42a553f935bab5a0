// Plans that are taken from the cache.
#include "compiler/kept_plan.h"

#include <doctest/doctest.h>

#include "compiler/compile.h"
#include "tests/support/scratch_folder.h"

namespace aipol::compiler {

namespace {

const std::string policies = R"(
provider p { kind: echo }
model "m" { provider: p }
meter spent = usd per month by principal.id
policy a {
  on "/v1/chat/completions"
  when model.name == "m" and principal.mfa
  allow
  limit spent to $5
  deny 429 f"{principal.id} has spent {spent.used}" when spent.ratio > 90%
}
)";

class Set {
 public:
  std::unique_ptr<Compilation> compile(const std::string& text, bool decisions_only = true) {
    auto made = compiler::compile(
        {folder_.write("set.aipol", text)},
        {.decisions_only = decisions_only, .tier = Tier::fast, .cache = folder_.path() / "cache"});
    REQUIRE(made.has_value());
    return std::move(*made);
  }

 private:
  testing::ScratchFolder folder_;
};

bool kept(const Compilation& made) { return made.trees.empty() && !made.native.stages.empty(); }

}  // namespace

TEST_CASE("an unchanged set is planned once") {
  Set set;
  auto first = set.compile(policies);
  CHECK_FALSE(kept(*first));
  auto second = set.compile(policies);
  CHECK(kept(*second));
  CHECK(plan::archived(first->plan, first->layout) == plan::archived(second->plan, second->layout));
  CHECK(second->plan.version == first->plan.version);
  CHECK_FALSE(kept(*set.compile(policies, false)));
}

TEST_CASE("a changed set is planned again") {
  Set set;
  std::string version = set.compile(policies)->plan.version;
  auto changed = set.compile(policies + "policy b { deny when principal.mfa }\n");
  CHECK_FALSE(kept(*changed));
  CHECK(changed->plan.version != version);
}

TEST_CASE("a set with mistakes is never kept") {
  Set set;
  for (int i = 0; i < 2; ++i) {
    auto made = set.compile(policies + "policy b { deny when unknown }\n");
    CHECK(made->failed());
    CHECK(made->diagnostics.all().size() == 1);
  }
}

TEST_CASE("what is cut short is no plan") {
  Set set;
  auto made = set.compile(policies);
  std::string bytes = plan::archived(made->plan, made->layout);
  for (size_t size = 0; size < bytes.size(); size += 1 + size / 50)
    CHECK_FALSE(plan::from_archive(std::string_view(bytes).substr(0, size)).has_value());
  CHECK_FALSE(plan::from_archive(bytes + "x").has_value());
}

}  // namespace aipol::compiler
