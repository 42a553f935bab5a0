#include "replay/demand.h"

#include <algorithm>
#include <iterator>

#include "replay/knowledge.h"

namespace aipol::replay {

namespace {

using enum Field;

// Of which nothing else of a call is made: they matter to those who read them.
constexpr FieldSet read_alone{request_id,          request_host,          request_ip,
                              request_country,     request_region,        request_tls,
                              request_size,        principal_id,          principal_name,
                              principal_tenant,    principal_method,      principal_roles,
                              principal_groups,    principal_scopes,      principal_mfa,
                              principal_expires,   principal_actor,       session_tags,
                              session_turns,       ai_temperature,        ai_tools,
                              ai_has_images,       ai_has_audio,          ai_documents,
                              response_status,     response_text,         response_latency,
                              response_tool_calls, response_finish_reason};

}  // namespace

bool only_evaluates(const plan::Plan& plan) {
  bool stages = std::ranges::all_of(
      plan.stages, [](const plan::Stage& stage) { return stage.phase <= plan::Phase::body; });
  using enum plan::Effect;
  constexpr plan::Effect more[] = {limit, route, cache, redact, validate, waf};
  bool effects = std::ranges::none_of(plan.statements, [&](const plan::Statement& statement) {
    return std::ranges::find(more, statement.effect) != std::end(more);
  });
  bool sessions = std::ranges::any_of(
      plan.sources, [](const plan::Source& source) { return source.path == "session.tags"; });
  return stages && effects && !sessions && plan.meters.empty();
}

FieldSet demanded_fields(const PolicySet* from, const PolicySet& to) {
  FieldSet demanded;
  for (const PolicySet* set : {from, &to}) {
    if (set == nullptr) continue;
    if (!only_evaluates(set->plan())) return all_fields;
    for (const plan::Source& source : set->plan().sources) {
      if (std::optional<Field> field = field_of(source.path)) demanded.add(*field);
    }
  }
  demanded |= all_fields.without(read_alone);
  return demanded;
}

}  // namespace aipol::replay
