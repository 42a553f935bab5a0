#include "runtime/audit/traffic_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/civil.h"
#include "base/json_text.h"
#include "base/overloaded.h"
#include "plan/ip.h"
#include "runtime/audit/call_fields.h"
#include "runtime/audit/entry.h"

namespace aipol::audit {

namespace {

constexpr std::string_view always_credentials[] = {
    "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-goog-api-key"};

class Writer {
 public:
  Writer(std::string& text, const TrafficRecord& record)
      : text_(text), out_(text), record_(record), call_(*record.call) {}

  void write() {
    open_record(out_, text_, "traffic", call_.request.time_ns);
    add_request();
    add_principal();
    add_session(out_, call_.session);
    add_ai();
    add_object_of(out_, "model", "name", call_.model_name);
    if (record_.outcome != nullptr) add_outcome(out_, text_, *record_.outcome);
    if (record_.decided_ns != 0) add_serving();
    add_answer();
    add_system();
    out_.close('}');
  }

 private:
  void add_request() {
    const context::Request& request = call_.request;
    out_.open("request", '{');
    out_.text("id", request.id);
    out_.text("method", request.method);
    out_.text("path", wire_path(request.path) + query());
    out_.text_if_any("host", request.host);
    if (request.ip != plan::Ip{}) out_.text("ip", plan::format_ip(request.ip));
    add_surroundings(out_, request);
    add_headers();
    out_.text_if_any("body_text", record_.body.empty() ? request.body_text : record_.body);
    out_.close('}');
  }

  std::string query() const {
    std::string all;
    for (const auto& [name, value] : call_.request.query)
      all +=
          fmt::format("{}{}={}", all.empty() ? '?' : '&', escape_query(name), escape_query(value));
    return all;
  }

  bool bears_credential(std::string_view name) const {
    return std::ranges::find(always_credentials, name) != std::end(always_credentials) ||
           std::ranges::find(record_.credentials, name) != record_.credentials.end();
  }

  // Of a name that comes more than once policies read the first.
  void add_headers() {
    std::vector<std::pair<std::string, std::string>> kept;
    for (const auto& [name, value] : call_.request.headers) {
      bool again = std::ranges::any_of(kept, [&](const auto& one) { return one.first == name; });
      if (!again && !bears_credential(name)) kept.emplace_back(name, value);
    }
    add_pairs(out_, "headers", kept);
  }

  void add_principal() {
    if (call_.principal.kind == "anonymous") return;
    out_.open("principal", '{');
    add_principal_fields(out_, call_.principal);
    for (const auto& [name, value] : call_.principal.attributes) add_attribute(name, value);
    out_.close('}');
  }

  void add_attribute(const std::string& name, const context::AttributeValue& value) {
    auto begin = [&] { out_.begin_any(name); };
    std::visit(Overloaded{
                   [&](bool one) { begin(), text_ += one ? "true" : "false"; },
                   [&](int64_t one) { begin(), append_json_number(text_, one); },
                   [&](double one) {
                     if (std::isfinite(one)) begin(), text_ += real(one);
                   },
                   [&](const std::string& one) { out_.pair(name, one); },
                   [&](const std::vector<std::string>& all) {
                     begin(), out_.open_here('[');
                     for (const std::string& one : all) out_.element(one);
                     out_.close(']');
                   },
                   [&](const context::ExactInteger& one) {
                     begin(), append_json_number(text_, one.value);
                   },
                   [&](const std::vector<context::ExactInteger>& all) {
                     begin(), out_.open_here('[');
                     for (const context::ExactInteger& one : all) out_.number_element(one.value);
                     out_.close(']');
                   },
                   [&](const plan::Ip& one) { out_.pair(name, plan::format_ip(one)); },
               },
               value);
  }

  // With a point or an exponent, so that it is read as a real again.
  static std::string real(double value) {
    std::string text = fmt::format("{}", value);
    return text.find_first_of(".e") == text.npos ? text + ".0" : text;
  }

  void add_ai() {
    const context::Ai& ai = call_.ai;
    if (ai.operation == "none") return;
    out_.open("ai", '{');
    add_ai_fields(out_, ai);
    add_messages(out_, ai.messages);
    out_.text_if_any("documents", ai.documents);
    add_tool(out_, ai.tool.server, ai.tool.name, ai.tool.arguments);
    out_.close('}');
  }

  void add_serving() {
    add_time("decided", record_.decided_ns);
    add_time("settled", record_.settled_ns);
    out_.open("expected", '{');
    if (record_.choices != 1) out_.number("choices", record_.choices);
    out_.number("output_tokens", record_.usual_tokens);
    out_.close('}');
    out_.flag_if_set("failed", record_.failed);
    out_.flag_if_set("client_gone", record_.client_gone);
    if (record_.outcome == nullptr || record_.outcome->decision->allowed) return;
    out_.open("refusal", '{');
    out_.number("status", record_.outcome->decision->status);
    out_.flag_if_set("unheard", record_.unheard);
    out_.close('}');
  }

  void add_time(std::string_view name, int64_t time) {
    out_.begin(name);
    text_ += '"';
    append_time(text_, time);
    text_ += '"';
  }

  void add_system() {
    out_.open("system", '{');
    out_.text("policy_version", record_.policy_version);
    if (record_.decided_ns != 0) {
      out_.literal("load", real(record_.load));
      out_.number("in_flight", record_.in_flight);
    }
    out_.close('}');
  }

  void add_answer() {
    const context::Response& response = call_.response;
    if (response.status != 0 || !record_.error.empty()) {
      out_.open("response", '{');
      if (response.status != 0) add_response_fields(out_, response);
      out_.text_if_any("text", record_.chunks.empty() ? response.text : std::string_view());
      out_.texts_if_any("chunks", record_.chunks);
      add_tool_calls(out_, response.tool_calls);
      out_.text_if_any("error", record_.error);
      out_.close('}');
    }
    if (response.status == 0 && !call_.usage.cached) return;
    out_.open("usage", '{');
    add_usage_fields(out_, call_.usage);
    out_.close('}');
  }

  std::string& text_;
  JsonWriter out_;
  const TrafficRecord& record_;
  const context::Call& call_;
};

}  // namespace

void append_traffic_record(std::string& out, const TrafficRecord& record) {
  Writer(out, record).write();
}

}  // namespace aipol::audit
