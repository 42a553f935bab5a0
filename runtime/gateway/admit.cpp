#include "runtime/gateway/admit.h"

#include <fmt/format.h>

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "runtime/context/header_fields.h"
#include "runtime/dialects/prompt_body.h"
#include "runtime/gateway/off_loop.h"
#include "runtime/gateway/read_request.h"
#include "runtime/gateway/worker.h"
#include "runtime/identity/client_address.h"

namespace aipol::gateway {

using http::Task;
using plan::Phase;

namespace {

constexpr std::chrono::seconds longest_wait{60};  // for another call's answer
constexpr int most_waits = 2;

// Of a house prompt the texts are the gateway's, the answers a chat's.
constexpr dialects::Dialect prompt_dialect{"prompt", "chat", "POST", "/v1/chat/completions",
                                           nullptr};

const plan::Prompt* prompt_of(const plan::Deployment& deployment, const plan::Endpoint& endpoint) {
  if (endpoint.accepts != "prompt") return nullptr;
  const std::string_view name =
      std::string_view(endpoint.glob).substr(endpoint.glob.rfind('/') + 1);
  const auto found = std::ranges::find(deployment.prompts, name, &plan::Prompt::name);
  return found == deployment.prompts.end() ? nullptr : &*found;
}

bool find_endpoint(Exchange& x) {
  x.endpoint = x.service->program->endpoint(x.call.request.path);
  if (x.endpoint == nullptr) return x.refuse(Phase::head, 404, "there is no such endpoint");
  x.prompt = prompt_of(x.service->deployment(), *x.endpoint);
  x.dialect = x.prompt != nullptr ? &prompt_dialect : dialects::find_dialect(x.endpoint->accepts);
  if (x.dialect == nullptr)
    return x.refuse(Phase::head, 501, fmt::format("{} is not served", x.endpoint->accepts));
  return true;
}

// What the connection's certificate is worth: looked at once for each version of the set, and again
// when it ends.
const identity::Peer* peer(Exchange& x) {
  SSL* tls = x.client.tls();
  if (tls == nullptr || !x.service->identities.wants_certificates()) return nullptr;
  const int64_t now = x.call.request.time_ns;
  auto& judged = x.client.judged;
  if (!judged || judged->by != x.service || judged->peer.until_ns <= now) {
    X509* certificate = SSL_get0_peer_certificate(tls);
    judged = {x.service,
              x.service->identities.check_peer(certificate, SSL_get_peer_cert_chain(tls), now)};
  }
  return &judged->peer;
}

void place(Exchange& x) {
  context::Request& request = x.call.request;
  const auto& trusted = x.service->settings().trusted_proxies;
  if (!trusted.empty()) request.ip = identity::client_address(request.ip, request.headers, trusted);
  const geo::Place* place = x.service->countries ? x.service->countries->find(request.ip) : nullptr;
  request.country = place != nullptr ? std::optional(place->country) : std::nullopt;
  request.region = place != nullptr ? place->region : "unknown";
}

bool identify(Exchange& x) {
  place(x);
  const auto verdict = x.service->identities.identify(x.call.request.headers, peer(x),
                                                      x.call.request.time_ns, x.call.principal);
  if (verdict.kind != identity::Verdict::Kind::bad) return true;
  return x.refuse(Phase::head, 401, std::string(verdict.reason));
}

// Of a body that was read: what its answer is expected by.
enforce::Asked asked_by(const Exchange& x) {
  const plan::Model* model = x.service->program->model(x.call.model_name);
  const plan::Model* first = x.service->deployment().models.data();
  return {x.choices, model == nullptr ? UsualAnswers::at_first
                                      : x.service->usual.of(static_cast<uint32_t>(model - first))};
}

}  // namespace

bool read_dialect(Exchange& x) {
  dialects::BodyReader& reader = x.worker.body_reader();
  const dialects::Body body{x.body, x.dechunked_body.empty()};
  const std::string& method = x.call.request.method;
  const dialects::Needs& needs = x.service->needs;
  auto read = x.prompt != nullptr
                  ? dialects::read_prompt_body(*x.prompt, method, reader, body, needs, x.call.ai)
                  : dialects::read_body(*x.dialect, method, reader, body, needs, x.call.ai);
  if (!read) {
    x.param = std::move(read.error().param);
    return x.refuse(Phase::body, read.error().status, std::move(read.error().message));
  }
  x.wants_usage = reader.wants_usage;
  x.has_stream_options = reader.has_stream_options;
  x.choices = reader.choices;
  x.call.model_name = x.call.ai.model.empty() ? x.endpoint->model : x.call.ai.model;
  if (x.service->counts_tokens && x.dialect->operation == "chat")
    x.call.ai.input_tokens = count_input(x.service->tokenizer(x.call.model_name), x.call.ai);
  x.call.request.body_values.swap(reader.values);
  if (x.service->needs_body_text) assign_text(x.call.request.body_text, x.body);
  x.asked = asked_by(x);
  return true;
}

namespace {

// Takes the decision where there is one.
bool goes_on(Exchange& x, std::optional<decision::Decision> refusal) {
  if (!refusal) return true;
  x.decided_at = x.worker.lasting().clock.now();
  x.decision = std::move(*refusal);
  return x.decision.allowed = false;
}

// A step of the passage that may read or change counters.
using Step = std::optional<decision::Decision> (*)(Exchange& x);

Task<bool> decide(Exchange& x, Step step) {
  const auto begun = http::Clock::now();
  std::optional<decision::Decision> refusal;
  co_await off_loop(x.worker, [&] { refusal = step(x); });
  x.outcome.decided += http::Clock::now() - begun;
  co_return goes_on(x, std::move(refusal));
}

void begin_passage(Exchange& x) {
  context::read_header_fields(x.service->settings().data_tags, x.call);
  x.passage.emplace(*x.service->engine, x.call);
  context::Surroundings& around = x.passage->evaluation().around();
  Lasting& lasting = x.worker.lasting();
  around.load = lasting.load.load(std::memory_order_relaxed);
  around.in_flight = lasting.in_flight.load(std::memory_order_relaxed) - 1;
}

Task<bool> choose_target(Exchange& x) {
  x.estimate = enforce::expected_usage(*x.passage, x.asked);
  const bool chosen = co_await decide(x, [](Exchange& y) { return y.passage->choose(y.estimate); });
  if (!chosen) co_return false;
  auto refusal = enforce::unservable(*x.passage, x.asked);
  if (refusal && refusal->status == 400) x.param.assign(1, 'n');
  co_return goes_on(x, std::move(refusal));
}

// Until the call that is under way for the same answer has ended. False: nobody is; this one is
// now.
Task<bool> wait_for_flight(Exchange& x) {
  using Timer = http::asio::basic_waitable_timer<http::Clock, http::asio::wait_traits<http::Clock>,
                                                 http::Executor>;
  auto timer = std::make_shared<Timer>(x.worker.context());
  auto executor = x.worker.context().get_executor();
  const bool first = x.worker.lasting().flights.take_off(x.passage->cache_key(), [timer, executor] {
    http::asio::post(executor, [timer] { timer->cancel(); });
  });
  if (first) {
    x.flight = x.passage->cache_key();
    co_return false;
  }
  x.client.clear_limit();
  timer->expires_after(longest_wait);
  x.client.watch([&](upstream::Answer::End why) {
    x.outcome.client_gone = why == upstream::Answer::End::client_gone;
    timer->cancel();
  });
  if (!x.outcome.client_gone) co_await timer->async_wait(http::as_result);
  x.client.unwatch();
  co_return true;
}

// Bodies that are no text would be the same text.
std::string_view body_of_no_text(const Exchange& x) {
  return x.service->needs_body_text && x.call.request.body_text != x.body ? x.body
                                                                          : std::string_view();
}

Task<bool> recall(Exchange& x) {
  const std::string_view kept_body = body_of_no_text(x);
  bool found = x.passage->recall(kept_body);
  for (int i = 0;
       !found && !x.outcome.client_gone && !x.passage->cache_key().empty() && i < most_waits; ++i) {
    const bool waited = co_await wait_for_flight(x);
    found = x.passage->recall(kept_body);
    if (!waited) break;
  }
  co_return found;
}

}  // namespace

Task<Admitted> admit(Exchange& x) {
  if (!find_endpoint(x) || !identify(x)) co_return Admitted::refused;
  begin_passage(x);
  const bool welcome = co_await decide(x, [](Exchange& y) { return y.passage->head(); });
  if (!welcome) co_return Admitted::refused;
  const bool has_body = co_await read_body(x);
  if (!has_body || !read_dialect(x)) {
    x.unheard = true;
    x.decided_at = x.worker.lasting().clock.now();
    co_return Admitted::refused;
  }
  const bool allowed = co_await decide(x, [](Exchange& y) { return y.passage->body(); });
  if (!allowed) co_return Admitted::refused;
  const bool chosen = co_await choose_target(x);
  if (!chosen) co_return Admitted::refused;
  const bool cached = co_await recall(x);
  if (x.outcome.client_gone) {
    x.unheard = true;
    x.decided_at = x.worker.lasting().clock.now();
    x.keep_alive = x.refuse(Phase::target, 499, "the client left while it waited for an answer");
    co_return Admitted::refused;
  }
  const bool within = co_await decide(x, [](Exchange& y) { return y.passage->admit(y.estimate); });
  x.decided_at = x.passage->asked_at();
  if (x.decided_at == 0) x.decided_at = x.worker.lasting().clock.now();
  if (!within) co_return Admitted::refused;
  x.decision = x.passage->allowed();
  if (x.dialect->operation == "models") co_return Admitted::models;
  co_return cached ? Admitted::cached : Admitted::forward;
}

}  // namespace aipol::gateway
