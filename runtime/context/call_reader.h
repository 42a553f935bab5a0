// A call and what surrounds it -> the columns that one stage's native code reads: what FactReader
// and ColumnMaker make of it, without the facts between them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/call.h"
#include "runtime/context/columns.h"
#include "runtime/context/fact_reader.h"
#include "runtime/context/surroundings.h"

namespace aipol::context {

// Immutable, shared by threads.
class CallReader {
 public:
  // The first three must outlive the reader. Sources that are not demanded read as absent.
  CallReader(const plan::Plan& plan, const FactReader& facts, const ColumnMaker& columns,
             std::span<const plan::SourceId> demand);
  ~CallReader();

  // The cells are valid until the buffer is filled again, the scratch is reset, or the call or its
  // surroundings go.
  const AipolCell* read(const Call& call, const Surroundings& around, ColumnBuffer& buffer,
                        AipolScratch& scratch) const;

 private:
  struct Step;
  class Declared;
  Step step_of(const ColumnMaker::Use& use) const;
  void read_step(const Step& step, const Reading& reading, ColumnBuffer& buffer) const;
  static void prefetch_list(const Step& step, const Call& call);
  void read_attribute(const Step& step, const Attributes& attributes, const Reading& reading,
                      ColumnBuffer& buffer) const;

  const plan::Plan& plan_;
  const FactReader& facts_;
  const ColumnMaker& columns_;
  std::vector<Step> steps_;  // by their distance
  size_t within_ = 0;        // so many read no attribute
  size_t before_lists_ = 0;  // so many read no list in an attribute
  std::vector<Step> names_;  // of the model's name, where that is not declared
  std::unique_ptr<const Declared> declared_;
};

}  // namespace aipol::context
