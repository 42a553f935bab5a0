// The edges of indexing, decided by native code.
#include "compiler/index/index.h"

#include <doctest.h>

#include "compiler/lower/lower.h"
#include "plan/dump.h"
#include "tests/support/decider.h"
#include "tests/support/plan_builder.h"

namespace aipol::testing {

namespace {

using plan::Op;
using plan::Rep;
using Fired = std::vector<uint32_t>;
using Texts = std::vector<std::string>;

Texts many(uint32_t from, uint32_t to) {
  Texts result;
  for (uint32_t i = from; i < to; ++i) result.push_back(fmt::format("m{:04}", i));
  return result;
}

}  // namespace

TEST_CASE("a plan without statements, and guards that are constant") {
  PlanBuilder builder;
  CHECK(Decider(builder.plan).fired({}).empty());
  builder.statement(builder.constant(true, Rep::boolean));
  builder.statement(builder.constant(false, Rep::boolean));
  CHECK(Decider(builder.plan).fired({}) == Fired{0});
}

TEST_CASE("equal constants under different numbers are one key") {
  PlanBuilder builder;
  auto team = builder.source("team", Rep::text);
  for (int i = 0; i < 3; ++i) builder.statement(builder.test(Op::equal, team, builder.text("a")));
  builder.statement(builder.test(Op::equal, builder.text("b"), team));
  Decider decider(builder.plan);
  CHECK(decider.fired({"a"}) == Fired{0, 1, 2});
  CHECK(decider.fired({"b"}) == Fired{3});
  CHECK(decider.fired({"c"}).empty());
  CHECK(decider.layout().domains[0].values.size() == 2);
  CHECK(decider.layout().shapes.size() == 1);
}

TEST_CASE("keys with few and with many rows") {
  PlanBuilder builder;
  auto team = builder.source("team", Rep::text), model = builder.source("model", Rep::text);
  auto tags = builder.source("tags", Rep::texts), tokens = builder.source("tokens", Rep::integer);
  auto above = [&](int64_t limit) {
    return builder.test(Op::less, builder.constant(limit, Rep::integer), tokens);
  };
  Fired of_team[4], of_pair[4], of_tags[4];
  for (int64_t name = 0; name < 4; ++name) {
    auto named = [&](plan::NodeId source, const char* kind) {
      return builder.test(Op::equal, source, builder.text(kind + std::to_string(name)));
    };
    auto tagged = builder.test(Op::has_member, tags, builder.text("tag" + std::to_string(name)));
    // No row of some, more than are tested ahead of others.
    for (int64_t row = 0; row < name * name; ++row) {
      for (auto [fired, guard] : {std::pair(&of_team[name], named(team, "team")), std::pair(&of_tags[name], tagged)}) {
        if (row >= 5) fired->push_back(static_cast<uint32_t>(builder.plan.statements.size()));
        builder.statement(builder.all({guard, above(10 - row)}));
      }
      if (row >= 5) of_pair[name].push_back(static_cast<uint32_t>(builder.plan.statements.size()));
      builder.statement(builder.all({named(team, "team"), named(model, "model"), above(10 - row)}));
    }
  }
  Decider decider(builder.plan);
  for (size_t name = 0; name < 4; ++name) {
    std::string number = std::to_string(name);
    Fired wanted = of_team[name];
    wanted.insert(wanted.end(), of_pair[name].begin(), of_pair[name].end());
    std::ranges::sort(wanted);
    CHECK(decider.fired({"team" + number, "model" + number, Texts{}, int64_t{6}}) == wanted);
    CHECK(decider.fired({"other", "model" + number, Texts{"tag" + number}, int64_t{6}}) == of_tags[name]);
  }
  Fired all = of_tags[2];
  all.insert(all.end(), of_tags[3].begin(), of_tags[3].end());
  CHECK(decider.fired({"other", "other", Texts{"tag0", "tag1", "tag2", "tag3"}, int64_t{6}}) == all);
  CHECK(decider.fired({"other", "other", Texts{"tag0", "tag1", "tag2", "tag3"}, int64_t{11}}).size() == 14);
}

TEST_CASE("an edit of a constant gives the same module") {
  auto module = [](const char* team, int64_t limit) {
    PlanBuilder builder;
    auto guard = builder.all({builder.test(Op::equal, builder.source("team", Rep::text), builder.text(team)),
                              builder.test(Op::less, builder.constant(limit, Rep::integer),
                                           builder.source("tokens", Rep::integer))});
    builder.statement(guard);
    return compiler::text(compiler::lower(builder.plan, compiler::index(builder.plan)));
  };
  CHECK(module("a", 1) == module("bcd", 8000));
}

TEST_CASE("a set of a thousand members is a key, a larger one is tested") {
  PlanBuilder builder;
  auto model = builder.source("model", Rep::text);
  builder.statement(builder.test(Op::in_set, model, builder.constant(many(0, 1000), Rep::texts)));
  builder.statement(builder.test(Op::in_set, model, builder.constant(many(500, 2500), Rep::texts)));
  builder.statement(builder.test(Op::in_set, model, builder.constant(Texts{}, Rep::texts)));
  Decider decider(builder.plan);
  CHECK(decider.fired({"m0000"}) == Fired{0});
  CHECK(decider.fired({"m0999"}) == Fired{0, 1});
  CHECK(decider.fired({"m2499"}) == Fired{1});
  CHECK(decider.fired({"m2500"}).empty());
}

TEST_CASE("sets of more than 64 members are lists of numbers") {
  PlanBuilder builder;
  auto roles = builder.source("roles", Rep::texts);
  builder.statement(builder.test(Op::intersects, roles, builder.constant(many(0, 3), Rep::texts)));
  builder.statement(builder.test(Op::intersects, roles, builder.constant(many(0, 100), Rep::texts)));
  builder.statement(builder.test(Op::contains_all, roles, builder.constant(many(0, 70), Rep::texts)));
  builder.statement(builder.test(Op::contains_all, roles, builder.constant(Texts{}, Rep::texts)));
  Decider decider(builder.plan);
  CHECK(decider.fired({Texts{}}) == Fired{3});
  CHECK(decider.fired({Texts{"m0099", "x", "m0099"}}) == Fired{1, 3});
  CHECK(decider.fired({many(0, 69)}) == Fired{0, 1, 3});
  CHECK(decider.fired({many(0, 70)}) == Fired{0, 1, 2, 3});
}

TEST_CASE("a member that stands twice in a list finds its statement once") {
  PlanBuilder builder;
  auto tags = builder.source("tags", Rep::texts);
  builder.statement(builder.test(Op::has_member, tags, builder.text("a")));
  builder.statement(builder.test(Op::has_member, tags, builder.text("b")));
  CHECK(Decider(builder.plan).fired({Texts{"b", "a", "b", "c"}}) == Fired{0, 1});
}

TEST_CASE("an absent value equals the empty text, and only `has` tells") {
  PlanBuilder builder;
  auto team = builder.source("team", Rep::text, true);
  auto has = builder.node(Op::has, Rep::boolean, {}, 0);
  builder.statement(builder.test(Op::equal, team, builder.text("")));
  builder.statement(builder.all({has, builder.test(Op::equal, team, builder.text(""))}));
  builder.statement(builder.all({has, builder.test(Op::equal, team, builder.text("a"))}));
  Decider decider(builder.plan);
  CHECK(decider.fired({std::nullopt}) == Fired{0});
  CHECK(decider.fired({""}) == Fired{0, 1});
  CHECK(decider.fired({"a"}) == Fired{2});
}

TEST_CASE("many statements of one key and many shapes under one key") {
  PlanBuilder builder;
  auto team = builder.source("team", Rep::text);
  auto tokens = builder.source("tokens", Rep::integer);
  auto number = [&](int64_t value) { return builder.constant(value, Rep::integer); };
  auto is_a = builder.test(Op::equal, team, builder.text("a"));
  for (int64_t i = 0; i < 40; ++i) builder.statement(builder.all({is_a, builder.test(Op::less, number(i), tokens)}));
  builder.statement(builder.all({is_a, builder.test(Op::less_equal, tokens, number(5))}));
  builder.statement(builder.all({is_a, builder.test(Op::less, tokens, number(5))}));
  builder.statement(
      builder.all({is_a, builder.node(Op::logical_not, Rep::boolean, {builder.test(Op::less, tokens, number(9))})}));
  builder.statement(builder.all(
      {is_a, builder.test(Op::less, builder.node(Op::negate, Rep::integer, {tokens}), number(-3))}));
  builder.statement(builder.all({is_a, builder.test(Op::in_range, tokens, builder.constant(plan::IntegerRange{20, 2}, Rep::integer))}));
  builder.statement(is_a);
  Decider decider(builder.plan);
  REQUIRE(decider.layout().groups.size() == 1);
  CHECK(decider.layout().groups[0].wide());
  CHECK(decider.fired({"a", int64_t{2}}) == Fired{0, 1, 40, 41, 44, 45});
  CHECK(decider.fired({"a", int64_t{1000}}).size() == 44);
  CHECK(decider.fired({"b", int64_t{2}}).empty());
}

TEST_CASE("pairs of keys find their statement alone") {
  PlanBuilder builder;
  auto team = builder.source("team", Rep::text), model = builder.source("model", Rep::text);
  for (int t = 0; t < 20; ++t) {
    for (int m = 0; m < 20; ++m) {
      builder.statement(builder.all({builder.test(Op::equal, team, builder.text(fmt::format("t{}", t))),
                                     builder.test(Op::equal, model, builder.text(fmt::format("m{}", m)))}));
    }
  }
  Decider decider(builder.plan);
  REQUIRE(decider.layout().groups.size() == 1);
  CHECK(decider.layout().groups[0].kind == plan::Group::Kind::pair);
  CHECK(decider.fired({"t7", "m13"}) == Fired{7 * 20 + 13});
  CHECK(decider.fired({"t7", "x"}).empty());
  CHECK(decider.fired({"x", "y"}).empty());
}

TEST_CASE("a dump has no addresses and is the same each time") {
  PlanBuilder builder;
  builder.plan.policies.push_back({.name = "p", .package = "main", .title = {}, .doc = {}, .place = {}});
  auto path = builder.source("request.path", Rep::text);
  builder.statement(builder.test(Op::on_path, path, builder.constant(Texts{"/a/**"}, Rep::texts)), path);
  std::string dump = plan::dump(builder.plan, compiler::index(builder.plan));
  CHECK(dump == plan::dump(builder.plan, compiler::index(builder.plan)));
  CHECK(dump.find("when (request.path on [\"/a/**\"])") != dump.npos);
  CHECK(dump.find("group by symbols request.path paths") != dump.npos);
}

}  // namespace aipol::testing
