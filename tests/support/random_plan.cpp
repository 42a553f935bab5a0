#include "tests/support/random_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "stdlib/native/natives.h"
#include "tests/support/random_objects.h"
#include "tests/support/random_values.h"

namespace aipol::testing {

namespace {

using plan::NodeId;
using plan::Op;
using plan::Rep;

constexpr size_t most_loops = 3;  // within each other
constexpr std::string_view document_path = "document", detectors_path = "detectors";
constexpr Rep reps[] = {Rep::boolean, Rep::integer, Rep::real, Rep::text, Rep::ip, Rep::texts, Rep::integers};

class Generator {
 public:
  explicit Generator(Choices& choices) : choices_(choices) {}

  plan::Plan make() {
    for (const native::Native& one : native::natives()) plan_.natives.emplace_back(one.symbol);
    uint32_t sources = 3 + choices_.below(12);
    for (uint32_t i = 0; i < sources; ++i) add_source(i);
    for (std::string_view path : {document_path, detectors_path}) {
      plan_.sources.push_back({.path = std::string(path), .key = {}, .rep = Rep::handle, .fallback = {}});
    }
    plan_.policies.push_back({.name = "p", .package = "main", .title = {}, .doc = {}, .place = {}});
    plan_.stages.emplace_back().phase = plan::Phase::head;
    for (plan::Phase phase : {plan::Phase::body, plan::Phase::target, plan::Phase::output, plan::Phase::end}) {
      if (choices_.one_in(4)) plan_.stages.emplace_back().phase = phase;
    }
    uint32_t statements = choices_.one_in(6) ? 30 + choices_.below(60) : 1 + choices_.below(12);
    for (uint32_t i = 0; i < statements; ++i) add_statement(i);
    for (plan::Stage& stage : plan_.stages) {
      for (uint32_t i = 0; i < plan_.sources.size(); ++i) stage.demand.push_back(i);
    }
    return std::move(plan_);
  }

 private:
  uint32_t below(uint32_t n) { return choices_.below(n); }
  Rep any_rep() { return choices_.of(std::span<const Rep>(reps)); }

  void add_source(uint32_t number) {
    plan::Source source{.path = fmt::format("s{}", number), .key = {}, .fallback = {}};
    // Texts and lists of texts are what policies read most.
    source.rep = choices_.one_in(2) ? any_rep() : choices_.one_in(3) ? Rep::texts : Rep::text;
    source.optional = choices_.one_in(3);
    if (!source.optional && choices_.one_in(3)) source.fallback = random_value(source.rep, choices_, true);
    plan_.sources.push_back(std::move(source));
  }

  void add_statement(uint32_t number) {
    plan::Statement statement;
    plan::Stage& stage = plan_.stages[below(static_cast<uint32_t>(plan_.stages.size()))];
    statement.effect = static_cast<plan::Effect>(below(std::size(plan::effect_names)));
    statement.shadow = choices_.one_in(8);
    statement.rank = number;
    statement.guard = choices_.one_in(3) ? boolean(4) : rule();
    if (choices_.one_in(2)) compute(stage, statement.message = value(Rep::text, 3));
    statement.phase = stage.phase;
    stage.statements.push_back(number);
    uint32_t arguments = choices_.one_in(3) ? 1 + below(3) : 0;
    for (uint32_t i = 0; i < arguments; ++i) {
      NodeId argument = value(any_rep(), 3);
      statement.arguments.push_back({.name = fmt::format("a{}", i), .values = {argument}});
      compute(stage, argument);
    }
    plan_.statements.push_back(statement);
  }

  void compute(plan::Stage& stage, NodeId node) {
    if (plan_.code[node].op == Op::constant) return;
    auto at = std::ranges::lower_bound(stage.computed, node);
    if (at == stage.computed.end() || *at != node) stage.computed.insert(at, node);
  }

  NodeId add(Op op, Rep rep, std::initializer_list<NodeId> arguments, uint32_t payload = 0) {
    return plan_.code.add(op, rep, payload, std::span(arguments.begin(), arguments.size()));
  }
  NodeId constant(plan::Constant value, Rep rep) {
    plan_.constants.push_back(std::move(value));
    return plan_.code.add(Op::constant, rep, static_cast<uint32_t>(plan_.constants.size() - 1));
  }
  NodeId constant(Rep rep, bool set = true) { return constant(random_value(rep, choices_, set), rep); }

  // A source of the representation, or a constant where there is none.
  NodeId source(Rep rep) {
    uint32_t start = below(static_cast<uint32_t>(plan_.sources.size()));
    for (uint32_t i = 0; i < plan_.sources.size(); ++i) {
      uint32_t at = (start + i) % static_cast<uint32_t>(plan_.sources.size());
      if (plan_.sources[at].rep == rep) return plan_.code.add(Op::source, rep, at);
    }
    return constant(rep);
  }

  // A guard as authors write them: tests of sources, all of which must hold.
  NodeId rule() {
    std::vector<NodeId> conjuncts;
    uint32_t count = 1 + below(4);
    for (uint32_t i = 0; i < count; ++i) conjuncts.push_back(choices_.one_in(6) ? boolean(2) : source_test());
    if (count == 1) return conjuncts[0];
    return plan_.code.add(Op::logical_and, Rep::boolean, 0, conjuncts);
  }

  NodeId source_test() {
    if (!loops_.empty() && choices_.one_in(2)) return item_test();
    NodeId test = plain_source_test();
    return choices_.one_in(5) ? add(Op::logical_not, Rep::boolean, {test}) : test;
  }

  NodeId item_test() {
    if (choices_.one_in(2)) return add(Op::equal, Rep::boolean, {item(Rep::text), constant(Rep::text)});
    return add(Op::in_set, Rep::boolean, {item(Rep::integer), constant(Rep::integers)});
  }

  NodeId plain_source_test() {
    switch (below(10)) {
      case 0: return add(Op::equal, Rep::boolean, {source(Rep::text), constant(Rep::text)});
      case 1: return add(Op::equal, Rep::boolean, {constant(Rep::integer), source(Rep::integer)});
      case 2: return add(Op::has_member, Rep::boolean, {source(Rep::texts), constant(Rep::text)});
      case 3: return add(Op::in_set, Rep::boolean, {source(Rep::text), constant(Rep::texts)});
      case 4: return add(Op::on_path, Rep::boolean, {source(Rep::text), globs()});
      case 5: return add(Op::in_network, Rep::boolean, {source(Rep::ip), constant(random_network(choices_), Rep::ip)});
      case 6: return add(Op::intersects, Rep::boolean, {source(Rep::texts), constant(Rep::texts)});
      case 7: return add(Op::contains_all, Rep::boolean, {source(Rep::texts), constant(Rep::texts)});
      case 8: return add(Op::in_set, Rep::boolean, {source(Rep::integer), constant(Rep::integers)});
      default: return add(Op::has, Rep::boolean, {}, below(static_cast<uint32_t>(plan_.sources.size())));
    }
  }

  NodeId globs() {
    std::vector<std::string> list;
    uint32_t count = 1 + below(3);
    for (uint32_t i = 0; i < count; ++i) list.push_back(random_glob(choices_));
    return constant(std::move(list), Rep::texts);
  }

  NodeId value(Rep rep, uint32_t depth) {
    bool plain = rep == Rep::text || rep == Rep::integer;
    if (!loops_.empty() && choices_.one_in(plain ? 2 : 4)) return plain ? item(rep) : item_of_column(rep);
    if (depth == 0 || choices_.one_in(4)) return choices_.one_in(3) ? constant(rep) : source(rep);
    if (choices_.one_in(5)) return add(Op::select, rep, {boolean(depth - 1), value(rep, depth - 1), value(rep, depth - 1)});
    switch (rep) {
      case Rep::boolean: return boolean(depth);
      case Rep::integer: return integer(depth - 1);
      case Rep::real: return real(depth - 1);
      case Rep::text: return call('t', Rep::text, depth - 1);
      case Rep::texts:
      case Rep::integers: return list(rep, depth - 1);
      default: return source(rep);
    }
  }

  NodeId integer(uint32_t depth) {
    static constexpr Op binary[] = {Op::add, Op::subtract, Op::multiply};
    switch (below(8)) {
      case 7: return loop(Op::count_of, Rep::integer, depth);
      case 0: return add(Op::negate, Rep::integer, {value(Rep::integer, depth)});
      case 1: return add(Op::to_integer, Rep::integer, {value(Rep::real, depth)});
      case 2: return add(Op::size, Rep::integer, {list_value(depth)});
      case 3: return divided(Rep::integer, depth);
      case 4: return call('i', Rep::integer, depth);
      default:
        return add(choices_.of(std::span<const Op>(binary)), Rep::integer,
                   {value(Rep::integer, depth), value(Rep::integer, depth)});
    }
  }

  NodeId real(uint32_t depth) {
    static constexpr Op binary[] = {Op::add, Op::subtract, Op::multiply};
    switch (below(5)) {
      case 0: return add(Op::negate, Rep::real, {value(Rep::real, depth)});
      case 1: return add(Op::to_real, Rep::real, {value(Rep::integer, depth)});
      case 2: return divided(Rep::real, depth);
      default:
        return add(choices_.of(std::span<const Op>(binary)), Rep::real,
                   {value(Rep::real, depth), value(Rep::real, depth)});
    }
  }

  NodeId divided(Rep rep, uint32_t depth) {
    Op op = rep == Rep::integer && choices_.one_in(2) ? Op::remainder : Op::divide;
    NodeId dividend = value(rep, depth);
    return add(op, rep, {dividend, rep == Rep::integer ? integer_divisor() : real_divisor()});
  }

  NodeId integer_divisor() {
    auto divisor = std::get<int64_t>(random_value(Rep::integer, choices_, true));
    return constant(divisor == 0 ? -1 : divisor, Rep::integer);
  }

  NodeId real_divisor() {
    auto divisor = std::get<double>(random_value(Rep::real, choices_, true));
    return constant(divisor == 0 ? 1e-300 : divisor, Rep::real);
  }

  NodeId list_value(uint32_t depth) { return value(choices_.one_in(2) ? Rep::integers : Rep::texts, depth); }

  NodeId list(Rep rep, uint32_t depth) {
    std::vector<NodeId> members;
    uint32_t count = below(4);
    for (uint32_t i = 0; i < count; ++i) members.push_back(value(member(rep), depth));
    return plan_.code.add(Op::list, rep, 0, members);
  }

  static Rep member(Rep list) { return list == Rep::texts ? Rep::text : Rep::integer; }

  NodeId call(char result, Rep rep, uint32_t depth) {
    auto natives = native::natives();
    uint32_t at = below(static_cast<uint32_t>(natives.size()));
    while (natives[at].result != result) at = (at + 1) % static_cast<uint32_t>(natives.size());
    if (natives[at].arguments.starts_with('h')) return call_object(natives[at].symbol, rep, at, depth);
    std::vector<NodeId> arguments;
    for (char letter : natives[at].arguments) {
      bool zone = natives[at].symbol.starts_with("time.") && letter == 't';
      arguments.push_back(zone ? constant(random_zone(choices_), Rep::text) : value(rep_of(letter), depth));
    }
    return plan_.code.add(Op::call, rep, at, arguments);
  }

  NodeId handle(std::string_view path) {
    auto at = std::ranges::find(plan_.sources, path, &plan::Source::path) - plan_.sources.begin();
    return plan_.code.add(Op::source, Rep::handle, static_cast<uint32_t>(at));
  }

  // A function of a document or of detectors.
  NodeId call_object(std::string_view symbol, Rep rep, uint32_t native, uint32_t depth) {
    if (symbol.starts_with("detect.")) {
      NodeId numbers = constant(random_detectors(choices_), Rep::integers);
      return add(Op::call, rep, {handle(detectors_path), value(Rep::text, depth), numbers}, native);
    }
    Rep kind = symbol == "data.has" ? any_rep() : rep;
    NodeId path = constant(random_document_path(kind, choices_), Rep::text);
    NodeId keys = add(Op::list, Rep::texts, {value(Rep::text, depth)});
    return add(Op::call, rep, {handle(document_path), path, keys}, native);
  }

  // Most loops have the next level; some hide the item of a loop around them.
  NodeId loop(Op op, Rep rep, uint32_t depth) {
    if (loops_.size() == most_loops) return constant(rep);
    size_t level = loops_.size();
    if (level > 0 && choices_.one_in(8)) --level;
    std::vector<NodeId> outer(loops_.begin() + static_cast<ptrdiff_t>(level), loops_.end());
    loops_.resize(level);
    NodeId list = choices_.one_in(3) ? list_value(depth) : source(choices_.one_in(2) ? Rep::texts : Rep::integers);
    loops_.push_back(list);
    NodeId body = boolean(std::max(depth, 1u));
    loops_.pop_back();
    loops_.insert(loops_.end(), outer.begin(), outer.end());
    return add(op, rep, {list, body}, static_cast<uint32_t>(level));
  }

  // Of the list that the loop runs over, or of another one.
  NodeId item(Rep rep) {
    auto level = below(static_cast<uint32_t>(loops_.size()));
    NodeId list = loops_[level];
    Rep wanted = rep == Rep::text ? Rep::texts : Rep::integers;
    if (plan_.code[list].rep != wanted || choices_.one_in(6)) list = source(wanted);
    return add(Op::item, rep, {list}, level);
  }

  // Of a list in the document: of booleans, reals, addresses or lists.
  NodeId item_of_column(Rep rep) {
    auto natives = native::natives();
    auto reader = std::ranges::find(natives, "data.integers", &native::Native::symbol) - natives.begin();
    NodeId path = constant(document_column(rep), Rep::text);
    NodeId keys = constant(std::vector<std::string>(), Rep::texts);
    NodeId column = add(Op::call, Rep::integers, {handle(document_path), path, keys}, static_cast<uint32_t>(reader));
    return add(Op::item, rep, {column}, below(static_cast<uint32_t>(loops_.size())));
  }

  static Rep rep_of(char letter) { return reps[std::string_view("birtpTI").find(letter)]; }

  NodeId boolean(uint32_t depth) {
    if (depth == 0) return choices_.one_in(8) ? value(Rep::boolean, 0) : source_test();
    --depth;
    switch (below(10)) {
      case 9: return loop(choices_.one_in(2) ? Op::any_of : Op::all_of, Rep::boolean, depth);
      case 0: return add(Op::logical_not, Rep::boolean, {boolean(depth)});
      case 1:
      case 2: return junction(depth);
      case 3: return comparison(depth);
      case 4: return membership(depth);
      case 5: return matching(depth);
      case 6: return call('b', Rep::boolean, depth);
      case 7: return add(Op::select, Rep::boolean, {boolean(depth), boolean(depth), boolean(depth)});
      default: return source_test();
    }
  }

  NodeId junction(uint32_t depth) {
    std::vector<NodeId> parts;
    uint32_t count = 2 + below(3);
    for (uint32_t i = 0; i < count; ++i) parts.push_back(boolean(depth));
    return plan_.code.add(choices_.one_in(2) ? Op::logical_and : Op::logical_or, Rep::boolean, 0, parts);
  }

  NodeId comparison(uint32_t depth) {
    if (choices_.one_in(2)) {
      Rep rep = any_rep();
      return add(Op::equal, Rep::boolean, {value(rep, depth), value(rep, depth)});
    }
    static constexpr Rep ordered[] = {Rep::integer, Rep::real, Rep::text};
    Rep rep = choices_.of(std::span<const Rep>(ordered));
    return add(choices_.one_in(2) ? Op::less : Op::less_equal, Rep::boolean, {value(rep, depth), value(rep, depth)});
  }

  NodeId membership(uint32_t depth) {
    Rep rep = choices_.one_in(2) ? Rep::integers : Rep::texts;
    switch (below(5)) {
      case 0: return add(Op::in_set, Rep::boolean, {value(member(rep), depth), constant(rep)});
      case 1: return add(Op::has_member, Rep::boolean, {value(rep, depth), value(member(rep), depth)});
      case 2: return add(Op::contains_all, Rep::boolean, {value(rep, depth), value(rep, depth)});
      case 3: return add(Op::intersects, Rep::boolean, {value(rep, depth), value(rep, depth)});
      default: return add(Op::in_range, Rep::boolean,
                          {value(Rep::integer, depth), constant(random_range(choices_), Rep::integer)});
    }
  }

  NodeId matching(uint32_t depth) {
    switch (below(4)) {
      case 0: return add(Op::on_path, Rep::boolean, {value(Rep::text, depth), globs()});
      case 1: return add(Op::like, Rep::boolean, {value(Rep::text, depth), constant(random_glob(choices_), Rep::text)});
      case 2:
        return add(Op::matches, Rep::boolean, {value(Rep::text, depth), constant(random_pattern(choices_), Rep::text)});
      default:
        return add(Op::in_network, Rep::boolean, {value(Rep::ip, depth), constant(random_network(choices_), Rep::ip)});
    }
  }

  Choices& choices_;
  plan::Plan plan_;
  std::vector<NodeId> loops_;  // by level, the lists of the loops around what is being made
};

}  // namespace

plan::Plan random_plan(Choices& choices) { return Generator(choices).make(); }

void fill_random_facts(const plan::Plan& plan, Choices& choices, RandomFacts& out) {
  out.values.clear();
  out.cells = {};
  out.facts.assign(plan.sources.size(), {});
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    plan::Fact& fact = out.facts[i];
    if (plan.sources[i].rep == Rep::handle) {  // always known
      bool document = plan.sources[i].path == document_path;
      fact = {plan::Fact::State::present, document ? document_handle() : detectors_handle()};
      continue;
    }
    if (choices.one_in(5)) {
      fact.state = choices.one_in(2) ? plan::Fact::State::absent : plan::Fact::State::unknown;
      continue;
    }
    fact.state = plan::Fact::State::present;
    out.values.push_back(random_value(plan.sources[i].rep, choices, choices.one_in(2)));
    fact.value = out.cells.cell(out.values.back());
  }
}

}  // namespace aipol::testing
