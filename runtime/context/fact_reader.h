// A call -> the facts that a plan demands of it. The one place that knows where each readable field
// comes from.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plan/cells.h"
#include "plan/facts.h"
#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/call.h"

namespace aipol::context {

class FactReader {
 public:
  // The plan must outlive the reader. Shared by threads.
  explicit FactReader(const plan::Plan& plan);

  // Fills the demanded facts; the rest stay as they are. Values live as long as the call and until
  // the scratch is reset.
  void read(const Call& call, std::span<const plan::SourceId> demand, plan::Facts& facts,
            AipolScratch& scratch) const;

  // What the set's policies and messages read of the call's messages and body, so that the rest is
  // not looked at.
  bool needs_texts() const { return needs_texts_; }
  const std::vector<std::string>& body_paths() const { return body_paths_; }

 private:
  struct Reading {
    const Call& call;
    const plan::Plan& plan;
    const plan::Source& source;
    AipolScratch& scratch;
  };
  using Read = plan::Fact (*)(const Reading&);
  struct Row;
  static const Row rows[];

  static Read reader_of(const plan::Source& source);
  // What is known of the model that the call names; null where the set declares no such model.
  const std::vector<plan::Fact>* model_facts(const Call& call) const;
  plan::Fact unknown_model_fact(plan::SourceId source) const;

  const plan::Plan& plan_;
  std::vector<Read> reads_;                        // by source; null: a field of the model
  std::vector<std::vector<plan::Fact>> by_model_;  // by model, by source
  std::unordered_map<std::string_view, size_t> models_;
  bool reads_model_ = false;
  plan::CellStore cells_;
  bool needs_texts_ = false;
  std::vector<std::string> body_paths_;
};

}  // namespace aipol::context
