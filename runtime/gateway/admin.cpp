#include "runtime/gateway/admin.h"

#include <fmt/format.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "base/civil.h"
#include "base/json_text.h"
#include "runtime/gateway/lingering.h"

namespace aipol::gateway {

namespace asio = http::asio;
namespace beast = boost::beast;

namespace {

constexpr size_t most_head = 16 * 1024;

constexpr size_t most_connections = 256;

using Stream = beast::basic_stream<asio::ip::tcp, http::Executor>;

// Tells the client that nothing follows, then waits for it to stop sending.
http::Task<> close_gently(Stream& stream) {
  http::ErrorCode error;
  stream.socket().shutdown(http::Socket::shutdown_send, error);
  stream.expires_after(lingering);
  std::array<char, 4096> unread;
  for (size_t discarded = 0; !error && discarded < most_discarded;) {
    auto [failed, bytes] = co_await stream.async_read_some(asio::buffer(unread), http::as_result);
    error = failed;
    discarded += bytes;
  }
}

// What counts up is named so.
void add_head(std::string& out, std::string_view name, std::string_view help) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                     name.ends_with("_total") ? "counter" : "gauge");
}

void add_number(std::string& out, std::string_view name, std::string_view help, double value) {
  add_head(out, name, help);
  out += fmt::format("{} {}\n", name, value);
}

// As the value of a label.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    c == '\n' ? out += "\\n" : out += c;
  }
  return out;
}

void add_shadow(std::string& out, const shadow::Statistics& shadow) {
  add_number(out, "aipol_shadow_requests_total", "Requests that the shadow decided.",
             static_cast<double>(shadow.decided));
  add_number(out, "aipol_shadow_skipped_total", "Requests that the shadow could not keep up with.",
             static_cast<double>(shadow.skipped));
  constexpr std::string_view name = "aipol_shadow_differences_total";
  add_head(out, name, "Requests that the shadow decides otherwise.");
  for (const shadow::Change& change : shadow.changes)
    out +=
        fmt::format("{}{{what=\"{}\",from=\"{}\",to=\"{}\",policy=\"{}\",statement=\"{}\"}} {}\n",
                    name, change.what, change.from, change.to, change.policy,
                    escaped(change.statement), change.count);
}

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

Admin::Admin(asio::io_context& context, Inside inside)
    : context_(context), inside_(std::move(inside)) {}

Result<void> Admin::listen(const Endpoint& endpoint) {
  auto acceptor = open_acceptor(context_, endpoint);
  if (!acceptor) return std::unexpected(acceptor.error());
  acceptor_.emplace(std::move(*acceptor));
  asio::co_spawn(context_, accept(), asio::detached);
  return {};
}

void Admin::stop() {
  http::ErrorCode ignored;
  if (acceptor_) acceptor_->close(ignored);
}

http::Task<> Admin::accept() {
  while (acceptor_->is_open()) {
    auto [error, socket] = co_await acceptor_->async_accept(http::as_result);
    if (error == asio::error::operation_aborted) break;
    if (!error) asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
  }
}

http::Task<> Admin::serve(http::Socket socket) {
  if (connections_ >= most_connections) co_return;
  ++connections_;
  Stream stream(std::move(socket));
  beast::flat_buffer buffer(most_head);
  for (bool goes_on = true; goes_on;) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(most_head);
    parser.body_limit(most_explained_bytes);
    stream.expires_after(inside_.service()->settings().idle_timeout);
    auto [unread, got] = co_await beast::http::async_read(stream, buffer, parser, http::as_result);
    const bool too_large = unread == beast::http::error::body_limit;
    if (unread && !too_large) break;
    Answer answer = too_large ? refusal_of_size() : answer_to(parser.get());
    answer.keep_alive(!too_large && parser.get().keep_alive());
    goes_on = answer.keep_alive();
    beast::http::response_serializer<beast::http::string_body> writer(answer);
    const bool head = parser.get().method() == beast::http::verb::head;
    writer.split(head);
    auto [unsent, sent] =
        head ? co_await beast::http::async_write_header(stream, writer, http::as_result)
             : co_await beast::http::async_write(stream, writer, http::as_result);
    if (unsent) break;
    if (too_large) co_await close_gently(stream);
  }
  --connections_;
}

Admin::Answer Admin::refusal_of_size() const {
  Answer answer;
  answer.result(beast::http::status::payload_too_large);
  answer.set(beast::http::field::content_type, "text/plain");
  answer.body() = "the record is too large\n";
  answer.prepare_payload();
  return answer;
}

Admin::Answer Admin::explanation_of(const Request& request) {
  Answer answer;
  answer.version(request.version());
  auto explanation = explain(*inside_.service(), request.body(), inside_.lasting.clock);
  answer.result(explanation ? beast::http::status::ok : beast::http::status::bad_request);
  answer.set(beast::http::field::content_type, explanation ? "application/json" : "text/plain");
  answer.body() = explanation ? std::move(*explanation) : explanation.error().message + "\n";
  answer.prepare_payload();
  return answer;
}

Admin::Answer Admin::answer_to(const Request& request) {
  using beast::http::verb;
  const std::string target(request.target());
  const std::string path = target.substr(0, target.find('?'));
  const bool explains = path == "/explain";
  if (explains && request.method() == verb::post) return explanation_of(request);
  const bool reads = request.method() == verb::get || request.method() == verb::head;
  unsigned status = 200;
  std::string type;
  auto body = page(path, status, type);
  Answer answer;
  answer.version(request.version());
  if (!reads || !body) {
    const bool wrong_method = !reads || explains;
    status = wrong_method ? 405 : 404;
    type = "text/plain";
    body = wrong_method ? "GET alone is served, and POST /explain\n"
                        : "there are /metrics, /healthz, /readyz and /policy, /shadow with "
                          "--shadow, and POST /explain\n";
    if (wrong_method) answer.set(beast::http::field::allow, explains ? "POST" : "GET, HEAD");
  }
  answer.result(status);
  answer.set(beast::http::field::content_type, type);
  answer.body() = std::move(*body);
  answer.prepare_payload();
  return answer;
}

std::optional<std::string> Admin::page(std::string_view path, unsigned& status,
                                       std::string& type) const {
  type = "text/plain; charset=utf-8";
  if (path == "/healthz") return "alive\n";
  if (path == "/readyz") return readiness(status);
  if (path == "/metrics") {
    type = "text/plain; version=0.0.4; charset=utf-8";
    return metrics();
  }
  if (path == "/policy") {
    type = "application/json";
    return policy();
  }
  if (const shadow::Shadow* shadow = inside_.lasting.shadow.get();
      path == "/shadow" && shadow != nullptr) {
    type = "application/json";
    return shadow::page(shadow->statistics());
  }
  return std::nullopt;
}

// Not before callers can be identified, and not while it ends.
std::string Admin::readiness(unsigned& status) const {
  std::string missing;
  for (const identity::Health& one : inside_.service()->identities.health()) {
    if (!one.keys_loaded)
      missing += fmt::format("identity {}: its keys are not known yet: {}\n", one.identity,
                             one.last_error);
  }
  if (inside_.draining()) missing += "draining\n";
  if (missing.empty()) return "ready\n";
  status = 503;
  return missing;
}

std::string Admin::metrics() const {
  Lasting& lasting = inside_.lasting;
  std::string out = prometheus::TextSerializer().Serialize(lasting.metrics.registry().Collect());
  add_number(out, "aipol_requests_in_flight", "Requests being served.",
             static_cast<double>(lasting.in_flight.load()));
  add_number(out, "aipol_load", "Share of the processors that is busy.", lasting.load.load());
  const stores::Statistics state = lasting.stores().statistics();
  add_number(out, "aipol_state_counters", "Counters in memory.",
             static_cast<double>(state.counters));
  add_number(out, "aipol_state_unwritten", "Counters that wait to be written.",
             static_cast<double>(state.unwritten));
  add_number(out, "aipol_state_write_errors_total", "Writes that failed.",
             static_cast<double>(state.write_errors));
  add_number(out, "aipol_state_round_trips_total", "Round trips to the shared store.",
             static_cast<double>(state.round_trips));
  add_number(out, "aipol_state_conflicts_total", "Round trips that another gateway came before.",
             static_cast<double>(state.conflicts));
  add_number(out, "aipol_state_away", "Whether the shared store can not be reached.",
             state.away_since == 0 ? 0 : 1);
  const std::vector<audit::Statistics> sinks = lasting.log().statistics();
  for (const auto& [name, help, value] :
       {std::tuple("aipol_audit_records_total", "Records that sinks took.",
                   &audit::Statistics::written),
        std::tuple("aipol_audit_shed_total", "Records that were left out.",
                   &audit::Statistics::shed),
        std::tuple("aipol_audit_errors_total", "Attempts to write records that failed.",
                   &audit::Statistics::errors),
        std::tuple("aipol_audit_queued", "Records that wait.", &audit::Statistics::queued)}) {
    add_head(out, name, help);
    for (const audit::Statistics& sink : sinks)
      out += fmt::format("{}{{sink=\"{}\"}} {}\n", name, sink.name, sink.*value);
  }
  if (lasting.shadow) add_shadow(out, lasting.shadow->statistics());
  const auto service = inside_.service();
  out += fmt::format(
      "# HELP aipol_policy_info The policy set in force.\n# TYPE aipol_policy_info gauge\n"
      "aipol_policy_info{{version=\"{}\"}} 1\n",
      service->plan().version);
  return out;
}

std::string Admin::policy() const {
  const auto service = inside_.service();
  const plan::Plan& plan = service->plan();
  std::string out = fmt::format("{{\"version\":{},\"since\":{},\"policies\":{},\"statements\":[",
                                as_json(plan.version), as_json(format_time(service->since)),
                                plan.policies.size());
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const plan::Statement& statement = plan.statements[i];
    out +=
        fmt::format("{}{{\"policy\":{},\"effect\":{},\"statement\":{},\"shadow\":{},\"hits\":{}}}",
                    i == 0 ? "" : ",", as_json(plan.policies[statement.policy].name),
                    as_json(plan::name_of(statement.effect)),
                    as_json(fmt::format("{}:{}", statement.place.file, statement.place.line)),
                    statement.shadow, service->hits[i].load(std::memory_order_relaxed));
  }
  return out + "]}\n";
}

}  // namespace aipol::gateway
