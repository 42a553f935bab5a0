// The decision plan: everything a policy set means, ready to be interpreted or compiled. Plain
// data, no source text needed; made by compiler/planner, read by plan/interpret, compiler/index,
// compiler/lower and the runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/code.h"
#include "plan/deployment.h"
#include "plan/value.h"

namespace aipol::plan {

enum class Phase : uint8_t { head, body, target, output, end };
inline constexpr std::string_view phase_names[] = {"head", "body", "target", "output", "end"};

using SourceId = uint32_t;

// What an integer of a source counts; tells how its value is read from text or JSON.
enum class Unit : uint8_t { none, nano_dollars, nanoseconds, time, clock, date };

// One piece of traffic that the set reads, once.
struct Source {
  std::string
      path;  // "principal.roles", "request.header", "model.sensitivity": the name policies use
  std::string
      key;  // of a keyed source: the header's name in lower case, the query's name, the body's path
  Rep rep = Rep::text;
  bool optional = false;       // may be absent
  Phase phase = Phase::head;   // known from here on
  uint32_t enumeration = ~0u;  // number in Plan::enumerations where members are enum members
  Unit unit = Unit::none;
  std::optional<Constant>
      fallback;  // read where the traffic gives no value; only where not optional

  std::string name() const;  // path, or path("key")
};

struct Enumeration {
  std::string name;
  std::vector<std::string> members;
  bool open = false;  // has a last member `unknown` that other values become
};

struct Place {
  std::string file;
  uint32_t line = 0;    // from 1
  uint32_t column = 0;  // from 1
};

struct Policy {
  std::string name;  // without package
  std::string package;
  std::string title;
  std::string doc;
  int64_t priority = 0;
  Place place;
};

enum class Effect : uint8_t { allow, deny, require };
inline constexpr std::string_view effect_names[] = {"allow", "deny", "require"};

// A part of a statement's guard as its author wrote it, for explanations.
struct Condition {
  NodeId node = no_node;
  bool wanted =
      true;  // what it must be for the statement to fire; false: a `require` refuses where it fails
  std::string text;  // of the policy file, on one line
};

struct Statement {
  uint32_t policy = 0;
  Effect effect = Effect::allow;
  Phase phase = Phase::head;
  NodeId guard =
      no_node;          // it fires where this boolean holds; a require's condition is negated here
  uint16_t status = 0;  // of a refusal
  NodeId message = no_node;  // text: a refusal's message, or no_node
  uint32_t rank = 0;         // among refusals of a phase the smallest answers; unique
  Place place;
  std::vector<Condition> conditions;  // the conjuncts of the guard, in the order written
};

// The statements decided together, once the sources they read are known.
struct Stage {
  Phase phase = Phase::head;
  std::vector<uint32_t> statements;
  std::vector<SourceId> demand;  // what its guards and messages read, ascending
};

struct Plan {
  std::vector<Source> sources;
  std::vector<Enumeration> enumerations;
  std::vector<Constant> constants;
  std::vector<std::string> natives;  // symbols of stdlib/native, "text.contains"
  Code code;
  std::vector<Policy> policies;
  std::vector<Statement> statements;
  std::vector<Stage> stages;  // in the order of their phases
  Deployment deployment;
  std::string version;  // hash of the meaning: 16 hex digits
};

}  // namespace aipol::plan
