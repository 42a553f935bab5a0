// The built-in provider's half of forward.h.
#include <fmt/format.h>

#include "runtime/gateway/answer.h"
#include "runtime/gateway/forward.h"
#include "runtime/upstream/echo.h"

namespace aipol::gateway {

using http::Task;

namespace {

Task<> send_events(Exchange& exchange, const upstream::EchoCall& call) {
  std::string head;
  http::HeadWriter writer = begin_answer(exchange, 200, head);
  writer.field("content-type", "text/event-stream; charset=utf-8");
  writer.field("cache-control", "no-cache");
  writer.field("transfer-encoding", "chunked");
  writer.end();
  std::string chunks;
  for (const std::string& event : upstream::echo_events(call)) {
    chunks += fmt::format("{:x}\r\n{}\r\n", event.size(), event);
  }
  chunks += "0\r\n\r\n";
  exchange.outcome.status = 200;
  exchange.client.set_limit(exchange.service->settings().upstream_timeout);
  http::Pieces pieces{head, chunks};
  if (co_await exchange.client.write(pieces)) co_return;
  exchange.outcome.client_gone = true;
  exchange.keep_alive = false;
}

// HTTP/1.0 knows no chunks: there the events are a body of known length.
Task<> send_events_whole(Exchange& exchange, const upstream::EchoCall& call) {
  std::string body;
  for (const std::string& event : upstream::echo_events(call)) body += event;
  co_await send_answer(exchange, 200, "text/event-stream; charset=utf-8", body);
}

}  // namespace

Task<> answer_by_echo(Exchange& exchange) {
  if (exchange.dialect->operation != "chat") {
    const bool json = exchange.dialect->accepts == "json";
    co_return co_await send_answer(
        exchange, 200, json ? "application/json" : "application/octet-stream", exchange.body);
  }
  const upstream::EchoCall call{exchange.call.ai, exchange.model->name, exchange.call.request.id,
                                exchange.call.request.time_ns / 1'000'000'000,
                                exchange.wants_usage};
  if (!exchange.call.ai.stream) {
    co_return co_await send_answer(exchange, 200, "application/json", upstream::echo_answer(call));
  }
  if (exchange.head.minor == 0) co_return co_await send_events_whole(exchange, call);
  co_await send_events(exchange, call);
}

}  // namespace aipol::gateway
