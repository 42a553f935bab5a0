// A loaded policy set: the plan, its data and its native code, immutable, shared by all threads.
// The command line's loader makes it (the runtime never includes the compiler); a reload makes
// another.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "plan/layout.h"
#include "plan/plan.h"
#include "runtime/abi/decision.h"
#include "runtime/context/call_reader.h"
#include "runtime/context/columns.h"
#include "runtime/context/fact_reader.h"
#include "runtime/decision/metering.h"
#include "runtime/decision/tables.h"
#include "stdlib/native/glob.h"

namespace aipol::decision {

// Compiled stages: by stage of the plan; values by stage, then by StageLayout::values. `memory`
// holds the functions.
struct NativeStages {
  std::vector<AipolStage> stages;
  std::vector<std::vector<AipolCompute>> values;
  std::shared_ptr<const void> memory;
};

class Program {
 public:
  // An error where a pattern does not compile.
  static Result<std::shared_ptr<const Program>> load(plan::Plan plan, const plan::Layout& layout,
                                                     NativeStages native);
  Program(const Program&) = delete;

  const plan::Plan& plan() const { return plan_; }
  const context::FactReader& facts() const { return facts_; }
  const Metering& metering() const { return metering_; }

  // The endpoint that a normalised path belongs to, or null: 404. The most specific glob wins.
  const plan::Endpoint* endpoint(std::string_view path) const;
  // The model of that name, or null: unknown.
  const plan::Model* model(std::string_view name) const;

  // What a stage runs on. `number` is the stage's in the plan.
  struct Stage {
    const plan::Stage* plan = nullptr;
    size_t number = 0;
    std::unique_ptr<const context::ColumnMaker> columns;
    std::unique_ptr<const context::CallReader> calls;
    std::unique_ptr<const Tables> tables;
  };
  // The stage of a phase, or null where nothing is decided in it.
  const Stage* stage(plan::Phase phase) const;
  const NativeStages& native() const { return *native_.load(std::memory_order_acquire); }
  // Other code for the same stages, from now on; what is being decided goes on with the code that
  // it began with. Any thread.
  void adopt(NativeStages better) const;

  AipolCell constant(plan::NodeId node) const { return constants_[plan_.code[node].payload]; }
  // Whether the stage can tell the node's value: it is a constant, or in plan::Stage::computed.
  bool computes(const Stage& stage, plan::NodeId node) const;
  // That value, by native code, over columns that were filled for the stage (CallReader::read).
  // What the cell holds depends on the node's representation; texts and lists live as long as the
  // program, the facts behind the columns and the scratch.
  AipolCell value(const Stage& stage, plan::NodeId node, const AipolCell* columns,
                  AipolScratch& scratch) const;

 private:
  explicit Program(plan::Plan plan);
  void index_endpoints();

  struct Endpoint {
    const plan::Endpoint* declared;
    native::Glob glob;
  };

  plan::Plan plan_;
  plan::CellStore lists_;
  std::vector<AipolCell> constants_;  // by plan::Plan::constants
  context::FactReader facts_;
  Metering metering_;
  // The program shows the newest code and keeps all: a thread may be inside the older.
  mutable std::mutex adopting_;
  mutable std::deque<NativeStages> codes_;
  mutable std::atomic<const NativeStages*> native_;
  std::vector<Stage> stages_;
  std::vector<Endpoint> endpoints_;  // the most specific first
  std::unordered_map<std::string_view, const plan::Model*> models_;
};

}  // namespace aipol::decision
