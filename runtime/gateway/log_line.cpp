#include "runtime/gateway/log_line.h"

#include <fmt/format.h>

#include "base/civil.h"
#include "runtime/dialects/json_text.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {
namespace {

class Line {
 public:
  void text(std::string_view name, std::string_view value) {
    begin(name);
    dialects::append_json(out_, value);
  }
  void text_if_any(std::string_view name, std::string_view value) {
    if (!value.empty()) text(name, value);
  }
  void number(std::string_view name, int64_t value) {
    begin(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void flag_if_set(std::string_view name, bool value) {
    if (!value) return;
    begin(name);
    out_ += "true";
  }
  void open(std::string_view name, char bracket) {
    begin(name);
    out_ += bracket;
  }
  void element(std::string_view value) {
    separate();
    dialects::append_json(out_, value);
  }
  void close(char bracket) { out_ += bracket; }
  std::string finish() {
    out_ += "}\n";
    return std::move(out_);
  }

 private:
  void separate() {
    if (out_.back() != '{' && out_.back() != '[') out_ += ',';
  }
  void begin(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  std::string out_ = "{";
};

int64_t micros(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

std::string place_of(const plan::Plan& plan, uint32_t statement) {
  const plan::Place& place = plan.statements[statement].place;
  return fmt::format("{}:{}", place.file, place.line);
}

void add_call(Line& line, const Exchange& exchange) {
  const context::Call& call = exchange.call;
  line.text("id", call.request.id);
  line.text("client", exchange.client.address());
  if (!exchange.head_read) return;
  line.text_if_any("principal", call.principal.id);
  line.text("kind", call.principal.kind);
  line.text("method", call.request.method);
  line.text("path", call.request.path);
  if (exchange.endpoint != nullptr) line.text("endpoint", exchange.endpoint->glob);
  line.text_if_any("model", call.model_name);
}

void add_decision(Line& line, const Exchange& exchange) {
  const decision::Decision& decision = exchange.decision;
  const plan::Plan& plan = exchange.service->program->plan();
  line.text("decision", decision.allowed ? "allow" : "deny");
  line.number("status", exchange.outcome.status);
  if (decision.statement) {
    line.text("policy", plan.policies[plan.statements[*decision.statement].policy].name);
    line.text("statement", place_of(plan, *decision.statement));
  }
  if (!decision.allowed) line.text("message", decision.message);
  line.open("fired", '[');
  for (const uint32_t statement : decision.fired) line.element(place_of(plan, statement));
  line.close(']');
}

void add_times(Line& line, const Outcome& outcome) {
  const bool called = outcome.sent != http::Clock::time_point();
  line.open("us", '{');
  line.number("total", micros(http::Clock::now() - outcome.begun));
  line.number("decision", micros(outcome.decided));
  if (called && outcome.first_byte > outcome.sent)
    line.number("upstream", micros(outcome.first_byte - outcome.sent));
  line.close('}');
}

}  // namespace

std::string format_log_line(const Exchange& exchange) {
  Line line;
  line.text("time", format_time(exchange.call.request.time_ns));
  add_call(line, exchange);
  add_decision(line, exchange);
  line.number("request_bytes", static_cast<int64_t>(exchange.body_bytes));
  line.number("response_bytes", static_cast<int64_t>(exchange.client.bytes_out));
  add_times(line, exchange.outcome);
  line.text_if_any("trouble", exchange.outcome.trouble);
  line.flag_if_set("client_gone", exchange.outcome.client_gone);
  return line.finish();
}

void log_request(const Exchange& exchange) {
  exchange.worker.log().append(format_log_line(exchange));
}

}  // namespace aipol::gateway
