// Guards over what is known and what is not: true, false, or unknown, and then for want of which
// sources. What it says is true or false is so whatever the unknown sources hold.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <vector>

#include "plan/interpret.h"
#include "plan/plan.h"

namespace aipol::replay {

enum class Truth : uint8_t { no, yes, unknown };

class ThreeValued {
 public:
  // The plan must outlive it. Used by one thread at a time.
  explicit ThreeValued(const plan::Plan& plan);

  // From here on, until it is called again. The facts must live as long; those of unknown sources
  // are not looked at.
  void begin(std::span<const plan::SourceId> unknown);
  void look_at(const plan::Facts& facts);

  // Of a boolean node. Sources that it turns on are added to `missing`, where it is unknown.
  Truth truth(plan::NodeId node, std::set<plan::SourceId>& missing);
  // Whether the node reads an unknown source at all.
  bool depends(plan::NodeId node);
  void add_missing(plan::NodeId node, std::set<plan::SourceId>& missing);

 private:
  Truth judged(plan::NodeId node, std::set<plan::SourceId>& missing);
  Truth all_of(plan::NodeId node, Truth decides, std::set<plan::SourceId>& missing);

  const plan::Plan& plan_;
  plan::Interpreter interpreter_;
  const plan::Facts* facts_ = nullptr;
  std::vector<bool> unknown_;  // by source
  std::vector<plan::SourceId> listed_;
  std::vector<int8_t> depends_;  // by node; -1: not looked at
  std::vector<plan::NodeId> looked_;
};

}  // namespace aipol::replay
