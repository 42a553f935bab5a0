#include "runtime/gateway/serve_request.h"

#include <fmt/format.h>

#include "runtime/context/header_fields.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/forward.h"
#include "runtime/gateway/log_line.h"
#include "runtime/gateway/read_request.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::Task;
using plan::Phase;

namespace {

bool find_endpoint(Exchange& x) {
  x.endpoint = x.service->program->endpoint(x.call.request.path);
  if (x.endpoint == nullptr) return x.refuse(Phase::head, 404, "there is no such endpoint");
  x.dialect = dialects::find_dialect(x.endpoint->accepts);
  if (x.dialect == nullptr)
    return x.refuse(Phase::head, 501, fmt::format("{} is not served", x.endpoint->accepts));
  return true;
}

bool identify(Exchange& x) {
  const auto verdict = x.service->identities.identify(x.call.request.headers,
                                                      x.call.request.time_ns, x.call.principal);
  if (verdict.kind != identity::Verdict::Kind::bad) return true;
  return x.refuse(Phase::head, 401, std::string(verdict.reason));
}

bool decide_head(Exchange& x) {
  const auto begun = http::Clock::now();
  context::read_header_fields(x.service->settings().data_tags, x.call);
  context::Surroundings around;
  around.detectors = x.service->assets.detectors.get();
  around.documents = x.service->assets.documents;
  x.evaluation.emplace(*x.service->program, x.call, around);
  std::optional<decision::Decision> refusal = x.evaluation->head();
  x.outcome.decided += http::Clock::now() - begun;
  if (!refusal) return true;
  x.decision = std::move(*refusal);
  return x.decision.allowed = false;
}

bool read_dialect(Exchange& x) {
  dialects::BodyReader& reader = x.worker.body_reader();
  const dialects::Body body{x.body, x.dechunked_body.empty()};
  auto read = dialects::read_body(*x.dialect, x.call.request.method, reader, body, x.service->needs,
                                  x.call.ai);
  if (!read) {
    x.param = std::move(read.error().param);
    return x.refuse(Phase::body, read.error().status, std::move(read.error().message));
  }
  x.wants_usage = reader.wants_usage;
  x.call.model_name = x.call.ai.model.empty() ? x.endpoint->model : x.call.ai.model;
  x.call.request.body_values.swap(reader.values);
  if (x.service->needs_body_text) assign_text(x.call.request.body_text, x.body);
  return true;
}

bool decide_body(Exchange& x) {
  const auto begun = http::Clock::now();
  x.decision = x.evaluation->body();
  x.outcome.decided += http::Clock::now() - begun;
  if (!x.decision.allowed || x.dialect->operation == "models") return x.decision.allowed;
  x.model = x.service->program->model(x.call.model_name);
  if (x.model == nullptr) return x.refuse(Phase::body, 404, "unknown model");
  return true;
}

Task<bool> admit(Exchange& x) {
  if (!find_endpoint(x)) co_return false;
  if (!identify(x)) co_return false;
  if (!decide_head(x)) co_return false;
  const bool has_body = co_await read_body(x);
  if (!has_body) co_return false;
  if (!read_dialect(x)) co_return false;
  co_return decide_body(x);
}

Task<> answer(Exchange& x) {
  if (x.dialect->operation == "models") co_return co_await send_models(x);
  const upstream::Remote& remote = x.service->remotes[x.model->provider];
  if (remote.kind == upstream::Remote::Kind::echo) co_return co_await answer_by_echo(x);
  co_await forward(x);
}

}  // namespace

Task<bool> serve_request(Exchange& x) {
  const Arrival arrival = co_await read_head(x);
  if (arrival == Arrival::nothing) co_return false;
  bool admitted = false;
  if (arrival == Arrival::request) admitted = co_await admit(x);
  if (admitted)
    co_await answer(x);
  else if (!x.outcome.client_gone)
    co_await send_refusal(x);
  x.client.clear_limit();
  log_request(x);
  co_return x.keep_alive;
}

}  // namespace aipol::gateway
