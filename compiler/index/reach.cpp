#include "compiler/index/reach.h"

#include <algorithm>

#include "runtime/abi/decision.h"

namespace aipol::compiler {

namespace {

using plan::Group;
using plan::Op;

// Rows ahead are code for each; a stage with more tables of rows is better small.
constexpr size_t most_tables = 64;

// What is evaluated without a branch and without a call, whatever the parameters.
bool straight(const plan::Code& code, plan::NodeId id) {
  const plan::Node& node = code[id];
  bool number =
      node.rep == plan::Rep::boolean || node.rep == plan::Rep::integer || node.rep == plan::Rep::ip;
  switch (node.op) {
    case Op::parameter:
    case Op::source:
      if (!number) return false;
      break;
    case Op::has:
    case Op::symbol:
    case Op::mask:
    case Op::logical_not:
    case Op::logical_and:
    case Op::logical_or:
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::in_range:
    case Op::in_network:
    case Op::mask_meets:
    case Op::mask_covers:
      break;
    default:
      return false;
  }
  return std::ranges::all_of(code.arguments(id),
                             [&](plan::NodeId argument) { return straight(code, argument); });
}

bool straight(const plan::StageLayout& layout, const plan::Shape& shape, plan::Costs& costs) {
  uint32_t cost = 0;
  for (plan::Piece piece : shape.pieces) {
    if (!straight(layout.code, piece.node)) return false;
    cost += costs.of(piece.node);
  }
  return cost <= plan::cheap;
}

// By table of the group: how many keys have how many rows.
std::vector<std::vector<size_t>> counts_of(const Group& group) {
  std::vector<std::vector<size_t>> counts(group.rows.size());
  for (size_t at = 0; at < group.entries.size();) {
    const plan::Entry& first = group.entries[at];
    size_t count = 0;
    auto same = [&](const plan::Entry& e) {
      return e.first == first.first && e.second == first.second && e.rows == first.rows;
    };
    while (at < group.entries.size() && same(group.entries[at])) ++at, ++count;
    auto table =
        static_cast<size_t>(std::ranges::find(group.rows, first.rows) - group.rows.begin());
    counts[table].push_back(count);
  }
  return counts;
}

// As many as nine keys of ten have.
plan::Reach reach_of(const std::vector<size_t>& counts) {
  constexpr size_t of_ten = 9;
  auto within = [&](size_t rows) {
    return static_cast<size_t>(
        std::ranges::count_if(counts, [rows](size_t count) { return count <= rows; }));
  };
  for (uint8_t rows : {1, 2, AIPOL_ROWS_AHEAD}) {
    if (within(rows) * 10 >= counts.size() * of_ten) return {rows, within(rows) < counts.size()};
  }
  return {0, true};
}

}  // namespace

void choose_reach(plan::StageLayout& layout, plan::Costs& costs) {
  for (Group& group : layout.groups) {
    if (group.wide()) continue;
    group.reach.resize(group.rows.size());
    if (group.kind == Group::Kind::all || layout.rows.size() > most_tables) continue;
    auto counts = counts_of(group);
    for (size_t i = 0; i < group.rows.size(); ++i) {
      const plan::Shape& shape = layout.shapes[layout.rows[group.rows[i]].shape];
      if (straight(layout, shape, costs)) group.reach[i] = reach_of(counts[i]);
    }
    const plan::Column& column = layout.columns[group.first];
    bool members = layout.domains[column.of].kind == plan::Domain::Kind::members;
    bool all_ahead =
        std::ranges::all_of(group.reach, [](plan::Reach reach) { return reach.ahead > 0; });
    if (group.kind == Group::Kind::several && members && all_ahead)
      group.ahead = AIPOL_NUMBERS_AHEAD;
  }
}

}  // namespace aipol::compiler
