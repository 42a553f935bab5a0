#include "replay/record_rows.h"

namespace aipol::replay {

namespace {

bool take_pair(std::vector<std::pair<std::string, std::string>>& pairs, const Place& place,
               const Token& token) {
  auto& pair = item_of(pairs, place);
  pair.first = place.name;
  return take(token, pair.second);
}

#define ROW(object, name, form, call) {#name, Field::object##_##name, Form::form, AIPOL_TAKE(call)}
#define VALUE(object, name, member) ROW(object, name, value, take(t, r.call.member))
#define TEXTS(object, name, member) ROW(object, name, texts, take(t, item_of(r.call.member, place)))

constexpr Row request_list[] = {
    VALUE(request, id, call.request.id),
    VALUE(request, method, call.request.method),
    VALUE(request, path, target),
    VALUE(request, host, call.request.host),
    VALUE(request, ip, call.request.ip),
    VALUE(request, country, call.request.country),
    VALUE(request, region, call.request.region),
    VALUE(request, tls, call.request.tls),
    VALUE(request, size, call.request.size),
    ROW(request, time, value, take_time(t, r.call.call.request.time_ns)),
    ROW(request, headers, lower_case, take_pair(r.call.call.request.headers, place, t)),
    ROW(request, query, pairs, take_pair(r.call.call.request.query, place, t)),
    VALUE(request, body_text, call.request.body_text),
};

constexpr Row principal_list[] = {
    ROW(principal, kind, telling, take(t, r.call.call.principal.kind)),
    VALUE(principal, id, call.principal.id),
    VALUE(principal, name, call.principal.name),
    VALUE(principal, tenant, call.principal.tenant),
    VALUE(principal, method, call.principal.method),
    TEXTS(principal, roles, call.principal.roles),
    TEXTS(principal, groups, call.principal.groups),
    TEXTS(principal, scopes, call.principal.scopes),
    VALUE(principal, mfa, call.principal.mfa),
    ROW(principal, expires, value, take_time(t, r.call.call.principal.expires_ns.emplace())),
    VALUE(principal, actor, call.principal.actor),
};

constexpr Row session_list[] = {
    VALUE(session, id, call.session.id),
    TEXTS(session, tags, call.session.tags),
    VALUE(session, turns, call.session.turns),
};

constexpr Row system_list[] = {
    VALUE(system, load, load),
    VALUE(system, in_flight, in_flight),
};

constexpr Row ai_list[] = {
    VALUE(ai, operation, call.ai.operation),
    VALUE(ai, stream, call.ai.stream),
    VALUE(ai, max_tokens, call.ai.max_tokens),
    VALUE(ai, temperature, call.ai.temperature),
    VALUE(ai, input_tokens, call.ai.input_tokens),
    VALUE(ai, turns, call.ai.turns),
    TEXTS(ai, tools, call.ai.tools),
    VALUE(ai, has_images, call.ai.has_images),
    VALUE(ai, has_audio, call.ai.has_audio),
    TEXTS(ai, tags, call.ai.tags),
    {"messages", Field::ai_messages, Form::messages,
     AIPOL_TAKE(take(t, item_of(r.call.call.ai.messages, place).role)),
     AIPOL_TAKE(take(t, item_of(r.call.call.ai.messages, place).text))},
    VALUE(ai, documents, call.ai.documents),
};

constexpr Row tool_list[] = {
    {"server", Field::ai_tool_server, Form::value, AIPOL_TAKE(take(t, r.call.call.ai.tool.server))},
    {"name", Field::ai_tool_name, Form::value, AIPOL_TAKE(take(t, r.call.call.ai.tool.name))},
    {"args", Field::ai_tool_args, Form::pairs,
     AIPOL_TAKE(take_pair(r.call.call.ai.tool.arguments, place, t))},
};

constexpr Row model_list[] = {VALUE(model, name, call.model_name)};

constexpr Row response_list[] = {
    VALUE(response, status, call.response.status),
    VALUE(response, finish_reason, call.response.finish_reason),
    VALUE(response, model_version, call.response.model_version),
    VALUE(response, size, call.response.size),
    ROW(response, latency, value, take_billionths(t, r.call.call.response.latency_ns)),
    VALUE(response, text, call.response.text),
    TEXTS(response, chunks, reply.chunks),
    {"tool_calls", Field::response_tool_calls, Form::tool_calls,
     AIPOL_TAKE(take(t, item_of(r.call.call.response.tool_calls, place).name)),
     AIPOL_TAKE(take(t, item_of(r.call.call.response.tool_calls, place).arguments))},
    VALUE(response, error, reply.error),
};

constexpr Row usage_list[] = {
    VALUE(usage, input_tokens, call.usage.input_tokens),
    VALUE(usage, output_tokens, call.usage.output_tokens),
    VALUE(usage, cached_tokens, call.usage.cached_tokens),
    VALUE(usage, reasoning_tokens, call.usage.reasoning_tokens),
    ROW(usage, cost, value, take_billionths(t, r.call.call.usage.cost)),
    VALUE(usage, cached, call.usage.cached),
};

#undef TEXTS
#undef VALUE
#undef ROW

}  // namespace

const std::span<const Row> request_rows = request_list;
const std::span<const Row> principal_rows = principal_list;
const std::span<const Row> session_rows = session_list;
const std::span<const Row> system_rows = system_list;
const std::span<const Row> ai_rows = ai_list;
const std::span<const Row> tool_rows = tool_list;
const std::span<const Row> model_rows = model_list;
const std::span<const Row> response_rows = response_list;
const std::span<const Row> usage_rows = usage_list;

}  // namespace aipol::replay
