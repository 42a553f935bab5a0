#include "runtime/gateway/answer.h"

#include <algorithm>

#include "runtime/dialects/openai_answers.h"
#include "runtime/gateway/rate_limits.h"
#include "runtime/gateway/read_request.h"

namespace aipol::gateway {

using http::HeadWriter;
using http::Task;

namespace {

std::string_view policy_name(const Exchange& exchange) {
  if (!exchange.decision.statement) return {};
  const plan::Plan& plan = exchange.service->program->plan();
  return plan.policies[plan.statements[*exchange.decision.statement].policy].name;
}

// Says what clients handle by name; a policy's refusal is named by the policy.
std::string_view error_code(const Exchange& exchange, std::string_view policy) {
  if (!policy.empty()) return policy;
  if (exchange.decision.status == 401) return "invalid_api_key";
  const bool model = exchange.decision.status == 404 && exchange.endpoint != nullptr;
  return model ? "model_not_found" : "";
}

Task<> send_whole(Exchange& exchange, uint16_t status, std::string& head, std::string_view body) {
  exchange.outcome.status = status;
  http::Pieces pieces{head};
  if (exchange.call.request.method != "head" && !body.empty()) pieces.push_back(body);
  exchange.client.set_limit(exchange.service->settings().body_timeout);
  if (co_await exchange.client.write(pieces)) co_return;
  exchange.outcome.client_gone = true;
  exchange.keep_alive = false;
}

void write_body_fields(HeadWriter& writer, std::string_view content_type, size_t size) {
  writer.field("content-type", content_type);
  writer.field("content-length", size);
}

// The refused method's alternatives, RFC 9110 section 15.5.6; how to authenticate, section 15.5.2.
void write_refusal_fields(HeadWriter& writer, const Exchange& exchange) {
  if (const auto wait = exchange.decision.retry_after)
    writer.field("retry-after", static_cast<uint64_t>((*wait + 999'999'999) / 1'000'000'000));
  if (exchange.decision.status == 401) writer.field("www-authenticate", "Bearer");
  if (exchange.decision.status == 405 && exchange.dialect != nullptr)
    writer.field("allow", exchange.dialect->methods);
}

}  // namespace

HeadWriter begin_answer(Exchange& exchange, uint16_t status, std::string& out) {
  if (exchange.client.draining()) exchange.keep_alive = false;
  HeadWriter writer(out);
  writer.status_line(status);
  writer.field("date", http::http_date());
  writer.field("x-request-id", exchange.call.request.id);
  if (!exchange.keep_alive)
    writer.field("connection", "close");
  else if (exchange.head.minor == 0)
    writer.field("connection", "keep-alive");
  if (exchange.passage)
    write_rate_limits(writer, exchange.passage->quotas(), exchange.service->plan().meters);
  return writer;
}

Task<> send_answer(Exchange& exchange, uint16_t status, std::string_view content_type,
                   std::string_view body,
                   const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string head;
  HeadWriter writer = begin_answer(exchange, status, head);
  for (const auto& [name, value] : fields) {
    if (http::is_field_value(value)) writer.field(name, value);
  }
  write_body_fields(writer, content_type, body.size());
  writer.end();
  co_await send_whole(exchange, status, head, body);
}

Task<> send_refusal(Exchange& exchange) {
  const decision::Decision& decision = exchange.decision;
  const std::string_view policy = policy_name(exchange);
  const std::string body =
      dialects::format_error({decision.status, decision.message, error_code(exchange, policy),
                              exchange.param, policy, exchange.call.request.id});
  exchange.keep_alive = exchange.keep_alive && can_discard_body(exchange);
  std::string head;
  HeadWriter writer = begin_answer(exchange, decision.status, head);
  if (!policy.empty()) writer.field("x-aipol-policy", policy);
  write_refusal_fields(writer, exchange);
  write_body_fields(writer, "application/json", body.size());
  writer.end();
  co_await send_whole(exchange, decision.status, head, body);
  if (exchange.keep_alive && !exchange.body_read) co_await discard_body(exchange);
}

Task<> send_failure(Exchange& exchange, const upstream::Failure& failure) {
  const std::string body =
      dialects::format_error({failure.status,
                              failure.message,
                              failure.status == 504 ? "upstream_timeout" : "upstream_error",
                              {},
                              {},
                              exchange.call.request.id});
  exchange.outcome.trouble = failure.message;
  co_await send_answer(exchange, failure.status, "application/json", body);
}

Task<> send_models(Exchange& exchange) {
  const std::string& path = exchange.call.request.path;
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  if (name == "models" || name.empty()) {
    co_return co_await send_answer(exchange, 200, "application/json", exchange.service->models);
  }
  const decision::Program& program = *exchange.service->program;
  if (const plan::Model* model = program.model(name)) {
    const std::string& provider = program.plan().deployment.providers[model->provider].name;
    co_return co_await send_answer(exchange, 200, "application/json",
                                   dialects::format_model({model->name, provider}));
  }
  exchange.refuse(plan::Phase::body, 404, "unknown model");
  co_await send_refusal(exchange);
}

}  // namespace aipol::gateway
