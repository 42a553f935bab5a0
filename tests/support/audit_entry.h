// A request with everything that an audit record tells of one.
#pragma once

#include <array>
#include <string>

#include "plan/ip.h"
#include "plan/plan.h"
#include "runtime/audit/entry.h"

namespace aipol::testing {

inline plan::Plan audited_plan() {
  plan::Plan plan;
  plan.version = "0123456789abcdef";
  plan.deployment.providers.resize(1);
  plan.deployment.providers[0].name = "openai";
  plan.deployment.models.resize(2);
  plan.deployment.models[0].name = "gpt-4o";
  plan.deployment.models[1].name = "gpt-4o-mini";
  plan.policies.resize(2);
  plan.policies[0].name = "small_models";
  plan.policies[1].name = "budget";
  auto add = [&plan](uint32_t policy, plan::Effect effect, uint32_t line) {
    plan::Statement statement;
    statement.policy = policy;
    statement.effect = effect;
    statement.place = {"shop/policies.aipol", line, 3, line, 9};
    plan.statements.push_back(statement);
  };
  add(0, plan::Effect::allow, 6);
  add(1, plan::Effect::limit, 12);
  add(1, plan::Effect::deny, 14);
  plan.statements[2].shadow = true;
  plan.meters.resize(1);
  plan.meters[0].name = "month";
  plan.meters[0].measure = plan::Measure::usd;
  plan.meters[0].unit = plan::Unit::nano_dollars;
  plan::Node key{plan::Op::source, plan::Rep::text};
  plan.sources.resize(1);
  plan.sources[0].path = "principal.id";
  plan.code = plan::Code({key}, {});
  plan.meters[0].keys = {0};
  plan.detectors.resize(1);
  plan.detectors[0].name = "pii.email";
  return plan;
}

struct AuditedRequest {
  plan::Plan plan = audited_plan();
  context::Call call;
  decision::Decision decision;
  enforce::Record record;
  std::string meter_key = std::string("\0\0\0\0\0\0\0\4dana", 12);
  std::array<audit::MeterUse, 1> meters{{{0, meter_key, 1'500'000}}};
  std::array<std::string, 1> shadow{"budget"};
  audit::Entry entry;

  AuditedRequest() {
    call.request.id = "568d83f20e734336cf1f137d5e056a38";
    call.request.time_ns = 1'772'366'400'379'974'609;
    call.request.method = "post";
    call.request.path = "/v1/chat/completions";
    call.request.ip = *plan::parse_ip("10.0.0.7");
    call.request.headers = {{"authorization", "Bearer aip_secret"}, {"x-team", "red"}};
    call.principal.kind = "app";
    call.principal.method = "api_key";
    call.principal.id = "dana";
    call.principal.roles = {"developer"};
    call.ai.operation = "chat";
    call.ai.messages = {{"user", "my secret prompt"}};
    call.ai.stream = true;
    call.ai.max_tokens = 100;
    call.model_name = "gpt-4o";
    call.response.status = 200;
    call.response.finish_reason = "stop";
    call.response.text = "a secret answer";
    call.usage = {.input_tokens = 12, .output_tokens = 34, .cached_tokens = 4, .cost = 1'234'500};
    decision.allowed = true;
    decision.status = 200;
    decision.statement = 0;
    decision.fired = {0, 1, 2};
    record.tags = {"finance"};
    entry.plan = &plan;
    entry.call = &call;
    entry.decision = &decision;
    entry.record = &record;
    entry.peer = "10.0.0.7";
    entry.endpoint = "/v1/chat/completions";
    entry.target = 1;
    entry.meters = meters;
    entry.shadow = shadow;
    entry.status = 200;
    entry.times = {.read = 90, .decision = 12, .upstream = 800, .answer = 1200, .total = 1391};
    entry.request_bytes = 65;
    entry.response_bytes = 386;
  }
  AuditedRequest(const AuditedRequest&) = delete;

  std::string json() const {
    std::string out;
    audit::append_json(out, entry);
    return out;
  }
};

}  // namespace aipol::testing
