#include "compiler/index/stage_index.h"

#include <algorithm>

#include "compiler/index/reach.h"

namespace aipol::compiler {

using plan::Column;
using plan::Group;

plan::StageLayout StageIndex::make(const plan::Stage& stage) {
  gather(stage);
  choose_keys(candidates_);
  for (Candidate& candidate : candidates_) drop_keys(candidate);
  survey(stage);
  for (const Candidate& candidate : candidates_) place(candidate);
  for (plan::NodeId node : stage.computed) lay_out_value(node);
  settle();
  return std::move(layout_);
}

void StageIndex::gather(const plan::Stage& stage) {
  candidates_.reserve(stage.statements.size());
  for (uint32_t statement : stage.statements) gather_statement(statement);
}

void StageIndex::gather_statement(uint32_t statement) {
  Conjuncts conjuncts = conjuncts_of(plan_, plan_.statements[statement].guard);
  if (conjuncts.never) return;
  Candidate candidate{.statement = statement, .conjuncts = std::move(conjuncts.all), .keys = {}, .chosen = {}};
  auto column = [](const KeyCandidate& key) { return std::pair(key.test.kind, key.test.source); };
  for (size_t i = 0; i < candidate.conjuncts.size(); ++i) {
    if (candidate.conjuncts[i].negated) continue;
    auto test = set_test(plan_, values_, candidate.conjuncts[i].node);
    if (!test || !serves_as_key(*test)) continue;
    KeyCandidate key{i, std::move(*test)};
    auto taken = [&](const KeyCandidate& other) { return column(other) == column(key); };
    if (std::ranges::none_of(candidate.keys, taken)) candidate.keys.push_back(std::move(key));
  }
  std::ranges::sort(candidate.keys, {}, column);
  candidates_.push_back(std::move(candidate));
}

// What the index answers need not be tested again, nor that a source is present whose value is known.
void StageIndex::drop_keys(Candidate& candidate) {
  std::vector<plan::SourceId> present;
  for (size_t number : candidate.chosen) {
    KeyCandidate& key = candidate.keys[number];
    auto zero = [&](ValueId value) { return values_.zero(value); };
    bool list = !key.test.single;
    if (key.test.kind == plan::Domain::Kind::members && (list || std::ranges::none_of(key.test.values, zero))) {
      present.push_back(key.test.source);
    }
    candidate.conjuncts[key.conjunct].node = plan::no_node;
  }
  std::erase_if(candidate.conjuncts, [&](Conjunct conjunct) {
    if (conjunct.node == plan::no_node) return true;
    const plan::Node& node = plan_.code[conjunct.node];
    return !conjunct.negated && node.op == plan::Op::has && std::ranges::count(present, node.payload) > 0;
  });
}

void StageIndex::survey(const plan::Stage& stage) {
  for (const Candidate& candidate : candidates_) {
    for (Conjunct conjunct : candidate.conjuncts) abstraction_.survey(conjunct.node);
  }
  for (plan::NodeId node : stage.computed) abstraction_.survey(node);
}

uint32_t StageIndex::group_of(const Candidate& candidate) {
  Group group;
  if (candidate.chosen.size() == 1) {
    const SetTest& test = candidate.keys[candidate.chosen[0]].test;
    group.kind = test.single ? Group::Kind::single : Group::Kind::several;
    group.first = domains_.column(test, test.single ? Column::Kind::symbol : Column::Kind::symbols);
  } else if (candidate.chosen.size() == 2) {
    group.kind = Group::Kind::pair;
    group.first = domains_.column(candidate.keys[candidate.chosen[0]].test, Column::Kind::symbol);
    group.second = domains_.column(candidate.keys[candidate.chosen[1]].test, Column::Kind::symbol);
  }
  auto next = static_cast<uint32_t>(layout_.groups.size());
  auto [it, fresh] = groups_.try_emplace({group.kind, group.first, group.second}, next);
  if (fresh) layout_.groups.push_back(std::move(group));
  return it->second;
}

std::vector<std::pair<uint32_t, uint32_t>> StageIndex::numbers_of(const Candidate& candidate) {
  if (candidate.chosen.empty()) return {{0, 0}};
  const SetTest& first = candidate.keys[candidate.chosen[0]].test;
  if (candidate.chosen.size() == 2) {
    const SetTest& second = candidate.keys[candidate.chosen[1]].test;
    return {{domains_.number(first, first.values[0]), domains_.number(second, second.values[0])}};
  }
  std::vector<std::pair<uint32_t, uint32_t>> result;
  for (ValueId value : first.values) result.emplace_back(domains_.number(first, value), 0);
  std::ranges::sort(result);
  return result;
}

std::vector<const Abstract*> StageIndex::pieces_of(const Candidate& candidate) {
  std::vector<const Abstract*> pieces;
  for (Conjunct conjunct : candidate.conjuncts) pieces.push_back(&abstraction_.abstract(conjunct));
  std::ranges::sort(pieces, {}, [&](const Abstract* piece) { return std::pair(costs_.of(piece->node), piece->node); });
  return pieces;
}

uint32_t StageIndex::shape_of(std::span<const Abstract* const> pieces, std::vector<plan::Shape>& shapes,
                              std::map<std::vector<plan::NodeId>, uint32_t>& known) {
  std::vector<plan::NodeId> nodes;
  for (const Abstract* piece : pieces) nodes.push_back(piece->node);
  auto [it, fresh] = known.try_emplace(std::move(nodes), static_cast<uint32_t>(shapes.size()));
  if (!fresh) return it->second;
  plan::Shape& shape = shapes.emplace_back();
  for (const Abstract* piece : pieces) {
    shape.pieces.push_back({piece->node, shape.words});
    for (plan::Parameter parameter : piece->parameters) {
      shape.parameters.push_back({parameter.kind, shape.words + parameter.word});
    }
    shape.words += piece->words;
  }
  return it->second;
}

uint32_t StageIndex::rows_of(uint32_t group, uint32_t shape) {
  auto [it, fresh] = rows_.try_emplace({group, shape}, static_cast<uint32_t>(layout_.rows.size()));
  if (fresh) {
    layout_.rows.push_back({.shape = shape, .statements = {}, .operands = {}});
    drafts_.push_back({.group = group, .drafts = {}});
  }
  return it->second;
}

void StageIndex::place(const Candidate& candidate) {
  auto pieces = pieces_of(candidate);
  uint32_t rows = rows_of(group_of(candidate), shape_of(pieces, layout_.shapes, shapes_));
  Draft draft{.statement = candidate.statement, .numbers = numbers_of(candidate), .operands = {}};
  for (const Abstract* piece : pieces) {
    draft.operands.insert(draft.operands.end(), piece->operands.begin(), piece->operands.end());
  }
  drafts_[rows].drafts.push_back(std::move(draft));
}

void StageIndex::settle() {
  for (uint32_t rows = 0; rows < drafts_.size(); ++rows) settle(rows);
  for (Group& group : layout_.groups) {
    std::ranges::sort(group.entries);
    if (group.kind == Group::Kind::single || group.kind == Group::Kind::several) {
      group.keys = static_cast<uint32_t>(layout_.domains[layout_.columns[group.first].of].values.size());
    }
  }
  choose_reach(layout_, costs_);
}

// Rows of one key lie side by side, so that one span finds them.
void StageIndex::settle(uint32_t number) {
  const DraftRows& table = drafts_[number];
  plan::Rows& rows = layout_.rows[number];
  Group& group = layout_.groups[table.group];
  group.rows.push_back(number);
  std::vector<std::tuple<uint32_t, uint32_t, uint32_t, const Draft*>> order;
  for (const Draft& draft : table.drafts) {
    for (auto [first, second] : draft.numbers) order.emplace_back(first, second, draft.statement, &draft);
  }
  std::ranges::sort(order);
  for (auto [first, second, statement, draft] : order) {
    group.entries.push_back({first, second, number, static_cast<uint32_t>(rows.statements.size())});
    rows.statements.push_back(statement);
    rows.operands.insert(rows.operands.end(), draft->operands.begin(), draft->operands.end());
  }
}

void StageIndex::lay_out_value(plan::NodeId node) {
  const Abstract* piece = &abstraction_.abstract({node, false});
  uint32_t shape = shape_of(std::span(&piece, 1), layout_.values, value_shapes_);
  layout_.computed.push_back({shape, piece->operands});
}

}  // namespace aipol::compiler
