// Lays out one stage.
#pragma once

#include <map>
#include <tuple>

#include "compiler/index/keys.h"
#include "compiler/index/shapes.h"
#include "plan/cost.h"

namespace aipol::compiler {

class StageIndex {
 public:
  StageIndex(const plan::Plan& plan, Values& values)
      : plan_(plan), values_(values), domains_(values, layout_), abstraction_(plan, values, domains_, layout_),
        costs_(plan, layout_.code) {}
  StageIndex(const StageIndex&) = delete;

  plan::StageLayout make(const plan::Stage& stage);

 private:
  // A row before the rows of its table are put in the order of their keys.
  struct Draft {
    uint32_t statement;
    std::vector<std::pair<uint32_t, uint32_t>> numbers;  // of its keys; (0, 0) in a group without key
    std::vector<uint64_t> operands;
  };
  struct DraftRows {
    uint32_t group;
    std::vector<Draft> drafts;
  };

  void gather(const plan::Stage& stage);
  void gather_statement(uint32_t statement);
  void survey(const plan::Stage& stage);
  void drop_keys(Candidate& candidate);
  void place(const Candidate& candidate);
  uint32_t group_of(const Candidate& candidate);
  std::vector<std::pair<uint32_t, uint32_t>> numbers_of(const Candidate& candidate);
  uint32_t shape_of(std::span<const Abstract* const> pieces, std::vector<plan::Shape>& shapes,
                    std::map<std::vector<plan::NodeId>, uint32_t>& known);
  std::vector<const Abstract*> pieces_of(const Candidate& candidate);
  uint32_t rows_of(uint32_t group, uint32_t shape);
  void settle();
  void settle(uint32_t rows);
  void lay_out_value(plan::NodeId node);

  const plan::Plan& plan_;
  Values& values_;
  plan::StageLayout layout_;
  Domains domains_;
  Abstraction abstraction_;
  plan::Costs costs_;
  std::vector<Candidate> candidates_;
  std::map<std::vector<plan::NodeId>, uint32_t> shapes_, value_shapes_;
  std::map<std::tuple<plan::Group::Kind, uint32_t, uint32_t>, uint32_t> groups_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> rows_;  // group, shape -> number
  std::vector<DraftRows> drafts_;                           // by rows
};

}  // namespace aipol::compiler
