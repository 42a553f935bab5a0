// Proofs: text patterns against matching, and verdicts on random guards against what the
// interpreter says of requests.
#include "compiler/prove/prove.h"

#include <doctest.h>

#include "compiler/prove/pattern.h"
#include "compiler/prove/prover.h"
#include "compiler/prove/witness.h"
#include "plan/dump.h"
#include "stdlib/native/glob.h"
#include "tests/support/plan_builder.h"
#include "tests/support/random_plan.h"
#include "tests/support/random_values.h"

namespace aipol::testing {

namespace {

using plan::Constant;
using plan::NodeId;
using plan::Op;
using plan::Rep;
using prove::Answer;
using prove::Pattern;
using prove::TextFound;
using Texts = std::vector<std::string>;

Pattern glob(std::string_view text) {
  Pattern out;
  out.add_glob(text);
  return out;
}

bool includes(std::string_view outer, std::string_view inner) {
  auto answer = prove::includes(glob(outer), glob(inner));
  REQUIRE(answer);
  return *answer;
}

// All texts of up to so many of these bytes.
Texts all_texts(std::string_view bytes, size_t longest) {
  Texts out = {""};
  for (size_t begin = 0, size = 0; size < longest; ++size) {
    size_t end = out.size();
    for (; begin < end; ++begin) {
      for (char c : bytes) out.push_back(out[begin] + c);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a glob includes another") {
  CHECK(includes("/a/**", "/a"));
  CHECK(includes("/a/**", "/a/*"));
  CHECK(includes("/a/**", "/a/**/b/*"));
  CHECK(includes("/**", "/a/*/c"));
  CHECK(includes("/a/*", "/a/b*"));
  CHECK(includes("/a/**", "/a/**/**"));
  CHECK_FALSE(includes("/a/*", "/a/**"));
  CHECK_FALSE(includes("/a/*", "/a"));
  CHECK_FALSE(includes("/a/*", "/a/*/c"));
  CHECK_FALSE(includes("/a/b*", "/a/*"));
  CHECK_FALSE(includes("/a*", "/a"));
}

TEST_CASE("patterns of globs match what globs match") {
  Choices choices(7);
  Texts texts = all_texts("ax/", 6);
  for (int i = 0; i < 300; ++i) {
    std::string pattern;
    for (uint32_t n = choices.below(6); n-- > 0;)
      pattern += Texts{"a", "/", "*", "**", "/**", "x"}[choices.below(6)];
    native::Glob wanted(pattern);
    Pattern found = glob(pattern);
    for (const std::string& text : texts) {
      bool same = wanted.matches(text) == found.matches(text);
      if (!same) FAIL(pattern << " and " << text);
    }
  }
}

TEST_CASE("what random globs have in common is what texts have in common") {
  Choices choices(11);
  Texts texts = all_texts("ax/", 6);
  int inclusions = 0, apart = 0;
  for (int i = 0; i < 400; ++i) {
    auto random = [&] {
      std::string out = "/";
      for (uint32_t n = choices.below(4); n-- > 0;)
        out += Texts{"a", "/", "*", "/**", "x"}[choices.below(5)];
      return out;
    };
    std::string a = random(), b = random();
    TextFound common = prove::find_text({glob(a), glob(b)}, {}),
              rest = prove::find_text({glob(a)}, {glob(b)});
    native::Glob first(a), second(b);
    if (common.kind == TextFound::Kind::found)
      CHECK((first.matches(common.text) && second.matches(common.text)));
    if (rest.kind == TextFound::Kind::found)
      CHECK((first.matches(rest.text) && !second.matches(rest.text)));
    inclusions += rest.kind == TextFound::Kind::none;
    apart += common.kind == TextFound::Kind::none;
    for (const std::string& text : texts) {
      bool both = first.matches(text) && second.matches(text),
           one = first.matches(text) && !second.matches(text);
      if (both && common.kind == TextFound::Kind::none)
        FAIL(a << " and " << b << " share " << text);
      if (one && rest.kind == TextFound::Kind::none) FAIL(a << " without " << b << " has " << text);
    }
  }
  CHECK(inclusions > 20);
  CHECK(apart > 20);
}

namespace {

// Guards over a few sources of few values each, so that all requests that matter can be tried.
class SmallPlan {
 public:
  explicit SmallPlan(Choices& choices) : choices_(choices) {
    flag_ = builder_.source("flag", Rep::boolean);
    number_ = builder_.source("number", Rep::integer, true);
    text_ = builder_.source("text", Rep::text, true);
    set_ = builder_.source("set", Rep::texts);
    ip_ = builder_.source("ip", Rep::ip);
    builder_.statement(condition(3));
  }

  const plan::Plan& plan() const { return builder_.plan; }
  NodeId guard() const { return builder_.plan.statements[0].guard; }

  // Whether some request of those that the guard's tests can tell apart makes it hold.
  bool satisfiable() {
    plan::Interpreter interpreter(builder_.plan);
    std::vector<std::optional<Constant>> flags = {Constant(true), Constant(false)},
                                         numbers = {std::nullopt}, texts = {std::nullopt}, sets,
                                         ips;
    for (int64_t n = -3; n <= 6; ++n) numbers.emplace_back(Constant(n));
    for (const char* t :
         {"", "a", "ab", "b", "ba", "abb", "/a", "/a/b", "x", "xa", "ax", "bx", "xb", "abx"})
      texts.emplace_back(Constant(std::string(t)));
    for (int bits = 0; bits < 16; ++bits) {
      Texts members;
      for (int bit = 0; bit < 4; ++bit)
        if ((bits >> bit & 1) != 0) members.push_back(Texts{"a", "b", "c", "x"}[size_t(bit)]);
      sets.emplace_back(Constant(std::move(members)));
    }
    for (uint64_t last : {0x0a000001ull, 0x0a010001ull, 0xc0a80001ull, 0x08080808ull})
      ips.emplace_back(Constant(plan::Ip{0, 0xFFFF00000000ull | last}));
    for (const auto& f : flags)
      for (const auto& n : numbers)
        for (const auto& t : texts)
          for (const auto& s : sets)
            for (const auto& i : ips) {
              FactBuilder facts({f, n, t, s, i});
              if (interpreter.value(guard(), facts.facts).a != 0) return true;
            }
    return false;
  }

 private:
  NodeId condition(int depth) {
    if (depth == 0 || choices_.one_in(4)) return test();
    uint32_t kind = choices_.below(5);
    if (kind == 0) return builder_.node(Op::logical_not, Rep::boolean, {condition(depth - 1)});
    Op op = kind == 1 ? Op::logical_or : Op::logical_and;
    return builder_.node(op, Rep::boolean, {condition(depth - 1), condition(depth - 1)});
  }

  NodeId integer() { return builder_.constant(int64_t{choices_.below(4)} - 1, Rep::integer); }
  NodeId member() { return builder_.text(Texts{"a", "b", "c"}[choices_.below(3)]); }
  NodeId text() { return builder_.text(Texts{"a", "ab", "b"}[choices_.below(3)]); }
  NodeId texts() {
    return builder_.constant(choices_.one_in(2) ? Texts{"a", "b"} : Texts{"b", "c"}, Rep::texts);
  }
  NodeId globs() {
    return builder_.constant(Texts{choices_.one_in(2) ? "/a/**" : "/a/*"}, Rep::texts);
  }
  NodeId network() {
    return builder_.constant(
        plan::Network{{0, 0xFFFF0a000000ull}, uint8_t(choices_.one_in(2) ? 104 : 112)}, Rep::ip);
  }

  NodeId test() {
    switch (choices_.below(14)) {
      case 0:
        return flag_;
      case 1:
        return builder_.test(Op::less, number_, integer());
      case 2:
        return builder_.test(Op::less_equal, integer(), number_);
      case 3:
        return builder_.test(Op::equal, number_, integer());
      case 4:
        return builder_.test(Op::equal, builder_.node(Op::add, Rep::integer, {number_, integer()}),
                             integer());
      case 5:
        return builder_.test(Op::equal, text_, text());
      case 6:
        return builder_.test(Op::in_set, text_, texts());
      case 7:
        return builder_.test(Op::on_path, text_, globs());
      case 8:
        return builder_.test(Op::has_member, set_, member());
      case 9:
        return builder_.test(Op::intersects, set_, texts());
      case 10:
        return builder_.test(Op::contains_all, set_, texts());
      case 11:
        return builder_.test(Op::in_network, ip_, network());
      case 12:
        return builder_.node(Op::has, Rep::boolean, {}, choices_.one_in(2) ? 1 : 2);
      default:
        return builder_.test(Op::less, builder_.node(Op::size, Rep::integer, {set_}), integer());
    }
  }

  Choices& choices_;
  PlanBuilder builder_;
  NodeId flag_, number_, text_, set_, ip_;
};

}  // namespace

TEST_CASE("what can not hold is what no request of a small world makes hold") {
  int held = 0, never = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Choices choices(seed);
    SmallPlan small(choices);
    prove::Prover prover(small.plan());
    Answer answer = prover.decide({{small.guard(), true}});
    REQUIRE(prover.trouble().empty());
    bool expected = small.satisfiable();
    if ((answer.kind == Answer::Kind::yes) != expected || answer.kind == Answer::Kind::unknown) {
      FAIL("seed " << seed << ": " << plan::text_of(small.plan(), small.guard()));
    }
    if (answer.kind == Answer::Kind::yes) CHECK(prover.holds(small.guard(), answer.world));
    (answer.kind == Answer::Kind::yes ? held : never) += 1;
  }
  CHECK(held > 100);
  CHECK(never > 20);
}

TEST_CASE("no request makes a guard hold that is proved never to") {
  int never = 0;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Choices choices(seed);
    plan::Plan plan = random_plan(choices);
    for (int i = 0; i < 64; ++i)
      plan.detectors.push_back({.name = "d", .patterns = {"x"}, .phrases = {}});
    prove::Prover prover(plan);
    plan::Interpreter interpreter(plan);
    for (const plan::Statement& statement : plan.statements) {
      if (prover.decide({{statement.guard, true}}).kind != Answer::Kind::no) continue;
      ++never;
      for (int i = 0; i < 60; ++i) {
        RandomFacts facts;
        fill_random_facts(plan, choices, facts);
        if (interpreter.value(statement.guard, facts.facts).a != 0)
          FAIL("seed " << seed << ": " << plan::text_of(plan, statement.guard));
      }
    }
  }
  CHECK(never > 20);
}

TEST_CASE("a search among very many alternatives ends") {
  PlanBuilder builder;
  NodeId set = builder.source("set", Rep::texts), all = plan::no_node;
  auto has = [&](int n) {
    return builder.test(Op::has_member, set, builder.text(fmt::format("{}", n)));
  };
  for (int i = 0; i < 200; ++i) {
    NodeId either = builder.node(Op::logical_or, Rep::boolean, {has(2 * i), has(2 * i + 1)});
    all = all == plan::no_node ? either : builder.all({either, all});
  }
  prove::Prover prover(builder.plan);
  Answer answer = prover.decide({{all, true}});
  REQUIRE(answer.kind == Answer::Kind::yes);
  CHECK(prover.holds(all, answer.world));
}

}  // namespace aipol::testing
