#include "runtime/audit/entry.h"

#include "base/civil.h"
#include "base/json_text.h"
#include "plan/ip.h"
#include "runtime/audit/call_fields.h"
#include "runtime/audit/meter_key.h"

namespace aipol::audit {

namespace {

using plan::Plan;

void add_head(JsonWriter& out, std::string& text, std::string_view kind, int64_t time,
              std::string_view id) {
  open_record(out, text, kind, time);
  out.text_if_any("id", id);
}

void add_statement(JsonWriter& out, std::string& text, const Plan& plan, uint32_t number) {
  const plan::Place& place = plan.statements[number].place;
  out.begin("statement");
  append_json_string(text, place.file);
  text.back() = ':';  // in place of the closing quote
  append_json_number(text, place.line);
  text += '"';
}

const std::string& policy_of(const Plan& plan, uint32_t statement) {
  return plan.policies[plan.statements[statement].policy].name;
}

void add_request(JsonWriter& out, const Entry& entry) {
  const context::Request& request = entry.call->request;
  std::string ip = request.ip == plan::Ip{} ? std::string() : plan::format_ip(request.ip);
  if (entry.peer != ip) out.text_if_any("client", entry.peer);
  if (!entry.head_read) return;
  out.open("request", '{');
  out.text("method", request.method);
  out.text("path", wire_path(request.path));
  out.text_if_any("endpoint", entry.endpoint);
  out.text_if_any("ip", ip);
  add_surroundings(out, request);
  out.close('}');
}

void add_ai(JsonWriter& out, const Entry& entry) {
  const context::Ai& ai = entry.call->ai;
  if (ai.operation == "none" && entry.payload == nullptr) return;
  out.open("ai", '{');
  add_ai_fields(out, ai);
  if (entry.payload != nullptr) {
    add_messages(out, entry.payload->messages);
    add_tool(out, ai.tool.server, ai.tool.name, entry.payload->arguments);
  } else {
    add_tool(out, ai.tool.server, ai.tool.name, {});
  }
  out.close('}');
}

void add_target(JsonWriter& out, const Entry& entry) {
  if (!entry.target) return;
  const plan::Deployment& deployment = entry.plan->deployment;
  const plan::Model& target = deployment.models[*entry.target];
  out.text("target", target.name);
  out.text("provider", deployment.providers[target.provider].name);
}

void add_attempts(JsonWriter& out, const Entry& entry) {
  if (entry.attempts.empty()) return;
  out.open("attempts", '[');
  for (const Attempt& attempt : entry.attempts) {
    out.open('{');
    out.text("target", entry.plan->deployment.models[attempt.target].name);
    out.number("status", attempt.status);
    out.number("us", attempt.us);
    out.text_if_any("trouble", attempt.trouble);
    out.close('}');
  }
  out.close(']');
}

void add_decision(JsonWriter& out, std::string& text, const Entry& entry) {
  const decision::Decision& decision = *entry.decision;
  out.text("decision", decision.allowed ? "allow" : "deny");
  out.number("status", entry.status);
  out.text("phase", plan::phase_names[static_cast<size_t>(decision.phase)]);
  if (decision.statement) {
    out.text("policy", policy_of(*entry.plan, *decision.statement));
    add_statement(out, text, *entry.plan, *decision.statement);
  }
  if (decision.allowed) return;
  out.text("message", decision.message);
  if (decision.retry_after) out.billionths("retry_after", *decision.retry_after);
}

void add_fired(JsonWriter& out, std::string& text, const Entry& entry) {
  const Plan& plan = *entry.plan;
  out.open("fired", '[');
  for (uint32_t number : entry.decision->fired) {
    out.open('{');
    out.text("policy", policy_of(plan, number));
    out.text("effect", plan::name_of(plan.statements[number].effect));
    add_statement(out, text, plan, number);
    out.flag_if_set("shadow", plan.statements[number].shadow);
    out.close('}');
  }
  out.close(']');
  out.texts_if_any("shadow", entry.shadow);
  out.open("system", '{');
  out.text("policy_version", plan.version);
  out.close('}');
}

void add_meters(JsonWriter& out, std::string& text, const Entry& entry) {
  if (entry.meters.empty()) return;
  std::string key;
  out.open("meters", '[');
  for (const MeterUse& use : entry.meters) {
    const plan::Meter& meter = entry.plan->meters[use.meter];
    key.clear();
    append_meter_key(key, *entry.plan, meter, use.key);
    out.open('{');
    out.text("name", meter.name);
    out.text("key", key);
    out.begin("amount");
    meter.unit == plan::Unit::nano_dollars ? append_json_billionths(text, use.amount)
                                           : append_json_number(text, use.amount);
    out.close('}');
  }
  out.close(']');
}

void add_answer(JsonWriter& out, const Entry& entry) {
  const context::Response& response = entry.call->response;
  if (response.status != 0) {
    out.open("response", '{');
    add_response_fields(out, response);
    if (entry.payload != nullptr) {
      out.text("text", entry.payload->response);
      add_tool_calls(out, entry.payload->tool_calls);
    }
    out.close('}');
  }
  if (!entry.target && !entry.call->usage.cached) return;
  out.open("usage", '{');
  add_usage_fields(out, entry.call->usage);
  out.close('}');
}

void add_record(JsonWriter& out, const Entry& entry) {
  if (entry.record == nullptr) return;
  const enforce::Record& record = *entry.record;
  out.text("level", enforce::log_level_names[static_cast<size_t>(record.level)]);
  out.texts_if_any("tags", record.tags);
  if (!record.redacted.empty()) {
    out.open("redacted", '[');
    for (uint32_t number : record.redacted) out.element(entry.plan->detectors[number].name);
    out.close(']');
  }
  if (record.retain > 0) out.billionths("retain", record.retain);
}

void add_times(JsonWriter& out, const Times& times) {
  auto add = [&out](std::string_view name, std::optional<int64_t> time) {
    if (time) out.number(name, *time);
  };
  out.open("us", '{');
  out.number("total", times.total);
  add("read", times.read);
  add("decision", times.decision);
  add("upstream", times.upstream);
  add("answer", times.answer);
  out.close('}');
}

}  // namespace

void add_outcome(JsonWriter& out, std::string& text, const Entry& entry) {
  add_target(out, entry);
  add_attempts(out, entry);
  add_decision(out, text, entry);
}

void append_json(std::string& text, const Entry& entry) {
  JsonWriter out(text);
  const context::Call& call = *entry.call;
  add_head(out, text, "request", call.request.time_ns, call.request.id);
  add_request(out, entry);
  if (entry.head_read) {
    add_session(out, call.session);
    add_principal(out, call.principal);
    add_ai(out, entry);
    add_object_of(out, "model", "name", entry.call->model_name);
  }
  add_outcome(out, text, entry);
  add_fired(out, text, entry);
  add_meters(out, text, entry);
  add_answer(out, entry);
  add_record(out, entry);
  out.number("request_bytes", entry.request_bytes);
  out.number("response_bytes", entry.response_bytes);
  add_times(out, entry.times);
  out.text_if_any("trouble", entry.trouble);
  out.flag_if_set("client_gone", entry.client_gone);
  out.close('}');
}

void append_json(std::string& text, const AlertEntry& entry) {
  JsonWriter out(text);
  add_head(out, text, "alert", entry.time_ns, entry.id);
  out.text("policy", entry.alert->policy);
  out.text("text", entry.alert->text);
  add_object_of(out, "principal", "id", entry.principal);
  add_object_of(out, "model", "name", entry.model);
  out.open("system", '{');
  out.text("policy_version", entry.plan->version);
  out.close('}');
  out.close('}');
}

}  // namespace aipol::audit
