// What a plan asks of its meters, found once when it is loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/plan.h"
#include "runtime/context/fact_reader.h"

namespace aipol::decision {

// An enforced or shadow `limit` of the set, and where its arguments are.
struct LimitOf {
  uint32_t statement = 0;
  uint32_t meter = 0;
  plan::NodeId amount = plan::no_node;
  plan::NodeId burst = plan::no_node;  // no_node: not given
  bool strict = false;
  bool cut = false;
};

struct MeterUse {
  bool used = false;      // `.used`, `.remaining` or `.ratio` is read
  bool compared = false;  // `.average` or `.zscore`
  // The amount of the one `limit METER to`; no_node where there is none, or several.
  plan::NodeId limit = plan::no_node;
  bool late = false;  // what it counts is known only after forwarding: it is never reserved
};

struct Metering {
  std::vector<MeterUse> meters;  // by Plan::meters
  std::vector<LimitOf> limits;   // in the order of their statements
  // By stage: meters whose keys are known from there on, and those whose `where` is.
  std::vector<std::vector<uint32_t>> keyed, counted;
  std::vector<uint32_t> keyed_always;           // by constants alone
  std::vector<std::vector<uint32_t>> read;      // by stage: meters that it reads
  std::vector<std::vector<plan::NodeId>> sums;  // by stage: what meters sum
};

Metering metering_of(const plan::Plan& plan, const context::FactReader& facts);

// The argument of that name, or null.
const plan::Argument* argument(const plan::Statement& statement, std::string_view name);

}  // namespace aipol::decision
