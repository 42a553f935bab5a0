// A call and what surrounds it -> the facts that a plan demands. The fields are in fields.h;
// models, targets and providers are known from their declarations.
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
#include "runtime/context/fields.h"
#include "runtime/context/meter_fields.h"
#include "runtime/context/surroundings.h"

namespace aipol::context {

class FactReader {
 public:
  // The plan must outlive the reader. Shared by threads.
  explicit FactReader(const plan::Plan& plan);

  // Where a source's value comes from.
  struct Origin {
    enum class Kind : uint8_t {
      field,      // `read`
      declared,   // of the model asked for, or its provider, by its declaration
      candidate,  // of the target
      forwarded,  // `read`, or declared, of the call as the upstream got it
      meter,      // `number` in Plan::meters, `meter`
      document,   // `number` in Plan::documents
      answer,     // `number` in Plan::questions
      principal,  // an attribute of the identity
      metadata,   // an attribute of the request
      decided     // of the decision: filled by whoever made it
    } kind = Kind::field;
    ReadField read = nullptr;
    uint32_t number = 0;
    ReadMeter meter = nullptr;
    AttributeName name = {};  // of an attribute
  };

  const Origin& origin(plan::SourceId source) const { return origins_[source]; }

  // Of one source that is not of the kind `decided`.
  plan::Fact read_one(const Reading& reading, plan::SourceId id) const;
  // What the declaration of a model, by its number in the plan, says of the sources of the kind
  // `declared`; and what they are where the call's model is not declared.
  const std::vector<plan::Fact>& declared(size_t model) const { return by_model_[model]; }
  plan::Fact undeclared(plan::SourceId source) const;

  // Fills the demanded facts; the rest stay as they are. Values live as long as the call and its
  // surroundings and until the scratch is reset.
  void read(const Call& call, const Surroundings& around, std::span<const plan::SourceId> demand,
            plan::Facts& facts, AipolScratch& scratch) const;

  // What the set's policies and messages read of the call's messages and body, so that the rest is
  // not looked at.
  bool needs_texts() const { return needs_texts_; }
  const std::vector<std::string>& body_paths() const { return body_paths_; }

  // Of a source of that kind: its meter's number in the plan; nothing for other sources.
  std::optional<uint32_t> meter_of(plan::SourceId source) const;

 private:
  Origin origin_of(const plan::Source& source, plan::SourceId id) const;
  Origin meter_origin(std::string_view path) const;
  void declare_models();
  plan::Fact declared(std::string_view model, plan::SourceId source) const;

  const plan::Plan& plan_;
  std::vector<Origin> origins_;                    // by source
  std::vector<std::vector<plan::Fact>> by_model_;  // by model, by source
  std::unordered_map<std::string_view, size_t> models_;
  plan::CellStore cells_;
  bool needs_texts_ = false;
  std::vector<std::string> body_paths_;
};

}  // namespace aipol::context
