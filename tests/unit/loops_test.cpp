// Loops over lists, decided by interpreter and native code.
#include <doctest.h>

#include "plan/dump.h"
#include "plan/loops.h"
#include "tests/support/decider.h"

namespace aipol::testing {

namespace {

using plan::NodeId;
using plan::Op;
using plan::Rep;
using Fired = std::vector<uint32_t>;
using Texts = std::vector<std::string>;
using Integers = std::vector<int64_t>;

NodeId text_item(PlanBuilder& builder, NodeId list, uint32_t level = 0) {
  return builder.node(Op::item, Rep::text, {list}, level);
}

NodeId loop(PlanBuilder& builder, Op op, NodeId list, NodeId body, uint32_t level = 0) {
  return builder.node(op, op == Op::count_of ? Rep::integer : Rep::boolean, {list, body}, level);
}

}  // namespace

TEST_CASE("any, all and count of a list, of an empty one too") {
  PlanBuilder builder;
  auto names = builder.source("names", Rep::texts);
  auto is_a = builder.test(Op::equal, text_item(builder, names), builder.text("a"));
  builder.statement(loop(builder, Op::any_of, names, is_a));
  builder.statement(loop(builder, Op::all_of, names, is_a));
  auto two = builder.constant(int64_t{2}, Rep::integer);
  builder.statement(builder.test(Op::equal, loop(builder, Op::count_of, names, is_a), two));
  Decider decider(builder.plan);
  CHECK(decider.fired({Texts{}}) == Fired{1});
  CHECK(decider.fired({Texts{"a"}}) == Fired{0, 1});
  CHECK(decider.fired({Texts{"b", "a"}}) == Fired{0});
  CHECK(decider.fired({Texts{"a", "a"}}) == Fired{0, 1, 2});
  CHECK(decider.fired({Texts{"b", "c"}}) == Fired{});
  CHECK(decider.fired({std::nullopt}) == Fired{1});
}

TEST_CASE("columns of records are read side by side, zeros past the end of a shorter one") {
  PlanBuilder builder;
  auto roles = builder.source("roles", Rep::integers), texts = builder.source("texts", Rep::texts);
  auto role = builder.node(Op::item, Rep::integer, {roles}, 0);
  auto is_one = builder.test(Op::equal, role, builder.constant(int64_t{1}, Rep::integer));
  auto is_empty = builder.test(Op::equal, text_item(builder, texts), builder.text(""));
  builder.statement(loop(builder, Op::any_of, roles, builder.all({is_one, is_empty})));
  Decider decider(builder.plan);
  CHECK(decider.fired({Integers{1, 2}, Texts{"x", ""}}) == Fired{});
  CHECK(decider.fired({Integers{2, 1}, Texts{"x", ""}}) == Fired{0});
  CHECK(decider.fired({Integers{2, 1}, Texts{"x"}}) == Fired{0});
}

TEST_CASE("loops within loops: the item of the outer one, and one that hides it") {
  PlanBuilder builder;
  auto a = builder.source("a", Rep::texts), b = builder.source("b", Rep::texts);
  // Every text of a is in b.
  auto same = builder.test(Op::equal, text_item(builder, a, 0), text_item(builder, b, 1));
  builder.statement(loop(builder, Op::all_of, a, loop(builder, Op::any_of, b, same, 1)));
  // Some text of a is x, and, told by a loop of the same level, some text of b is y.
  auto is_x = builder.test(Op::equal, text_item(builder, a), builder.text("x"));
  auto b_has_y = loop(builder, Op::any_of, b, builder.test(Op::equal, text_item(builder, b), builder.text("y")));
  builder.statement(loop(builder, Op::any_of, a, builder.all({b_has_y, is_x})));
  CHECK(plan::open_levels(builder.plan.code)[same] == 0b11);
  CHECK(plan::open_levels(builder.plan.code)[b_has_y] == 0);
  Decider decider(builder.plan);
  CHECK(decider.fired({Texts{"x", "y"}, Texts{"y", "z", "x"}}) == Fired{0, 1});
  CHECK(decider.fired({Texts{"x", "q"}, Texts{"y", "x"}}) == Fired{1});
  CHECK(decider.fired({Texts{"q", "x"}, Texts{"z", "x", "q"}}) == Fired{0});
  CHECK(decider.fired({Texts{}, Texts{"y"}}) == Fired{0});
}

TEST_CASE("items stand only inside of their loops") {
  PlanBuilder builder;
  auto names = builder.source("names", Rep::texts);
  auto is_a = builder.test(Op::equal, text_item(builder, names), builder.text("a"));
  builder.statement(is_a);
  CHECK(plan::validate(builder.plan) == "statement 0: guard");

  PlanBuilder inner;
  auto list = inner.source("names", Rep::texts);
  auto deeper = inner.test(Op::equal, text_item(inner, list, 1), inner.text("a"));
  loop(inner, Op::any_of, list, deeper, 0);
  CHECK(plan::validate(inner.plan)->ends_with("an item of a loop within the body"));
}

TEST_CASE("loops as text") {
  PlanBuilder builder;
  auto roles = builder.source("roles", Rep::integers), texts = builder.source("texts", Rep::texts);
  auto is_x = builder.test(Op::equal, text_item(builder, texts), builder.text("x"));
  auto one = builder.node(Op::item, Rep::integer, {roles}, 0);
  auto less = builder.test(Op::less, one, builder.constant(int64_t{3}, Rep::integer));
  auto both = loop(builder, Op::all_of, roles, builder.all({less, is_x}));
  CHECK(plan::text_of(builder.plan, both) == "(all x0 in roles: ((x0 < 3) and (x0 of texts == \"x\")))");
}

}  // namespace aipol::testing
