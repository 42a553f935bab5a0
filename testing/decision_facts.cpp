#include "testing/decision_facts.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/context/fact_values.h"

namespace aipol::testing {

namespace {

using context::integer;
using context::text;
using decision::Decision;
using plan::Fact;

struct Reading {
  const plan::Plan& plan;
  const plan::Source& source;
  const Decision& decision;
  AipolScratch& scratch;
};

Fact member(const Reading& r, std::string_view name) {
  return integer(context::member(r.plan.enumerations[r.source.enumeration], name));
}

Fact deciding_policy(const Reading& r) {
  if (!r.decision.statement) return text("");
  return text(r.plan.policies[r.plan.statements[*r.decision.statement].policy].name);
}

// The names of the policies that fired, each once.
Fact reasons(const Reading& r) {
  auto* cells = reinterpret_cast<AipolCell*>(
      r.scratch.allocate((r.decision.fired.size() + 1) * sizeof(AipolCell)));
  size_t count = 0;
  std::vector<uint32_t> seen;
  for (uint32_t statement : r.decision.fired) {
    uint32_t policy = r.plan.statements[statement].policy;
    if (std::ranges::find(seen, policy) != seen.end()) continue;
    seen.push_back(policy);
    cells[count++] = text(r.plan.policies[policy].name).value;
  }
  return {Fact::State::present, {reinterpret_cast<uint64_t>(cells), count}};
}

struct Row {
  std::string_view path;
  Fact (*read)(const Reading&);
};
constexpr Row rows[] = {
    {"decision.outcome",
     [](const Reading& r) { return member(r, r.decision.allowed ? "allow" : "deny"); }},
    {"decision.status", [](const Reading& r) { return integer(r.decision.status); }},
    {"decision.by", deciding_policy},
    {"decision.message", [](const Reading& r) { return text(r.decision.message); }},
    {"decision.phase",
     [](const Reading& r) {
       return member(r, plan::phase_names[static_cast<size_t>(r.decision.phase)]);
     }},
    {"decision.reasons", reasons},
};

}  // namespace

plan::Facts decision_facts(const plan::Plan& plan, const Decision& decision,
                           AipolScratch& scratch) {
  plan::Facts facts(plan.sources.size());
  for (plan::SourceId id = 0; id < plan.sources.size(); ++id) {
    const plan::Source& source = plan.sources[id];
    if (!source.path.starts_with("decision.")) continue;
    const Row* row = std::ranges::find(rows, source.path, &Row::path);
    AIPOL_CHECK(row != std::end(rows), "every field of `decision` has a reader");
    facts[id] = row->read({plan, source, decision, scratch});
  }
  return facts;
}

}  // namespace aipol::testing
